/**
 * How Terraform reads the texts of JSON at a place: as a template, as they are, as the expression that they spell, as a
 * keyword where they are one, or each key by its own rule (`*` for all others). A `block` is a template whose `dynamic`
 * blocks name their iterator. Lists are read as their items are. Each was run on Terraform 1.11.
 */
export type JsonRule =
  "template" | "block" | "literal" | "expression" | "keyword" | { readonly [key: string]: JsonRule };

const RESOURCE: JsonRule = {
  depends_on: "expression",
  provider: "expression",
  lifecycle: { ignore_changes: "expression", replace_triggered_by: "expression", "*": "template" },
  provisioner: { "*": { when: "keyword", on_failure: "keyword", "*": "template" } },
  "*": "block",
};

const DYNAMIC: JsonRule = { "*": { iterator: "keyword", content: "block", "*": "template" } };

/** Blocks of the top level: how many labels each has, and how its texts are read. */
export const TOP_LEVEL: ReadonlyMap<string, { readonly labels: number; readonly rule: JsonRule }> = new Map<
  string,
  { readonly labels: number; readonly rule: JsonRule }
>([
  ["resource", { labels: 2, rule: RESOURCE }],
  ["data", { labels: 2, rule: RESOURCE }],
  ["ephemeral", { labels: 2, rule: RESOURCE }],
  [
    "module",
    {
      labels: 1,
      rule: {
        source: "literal",
        version: "literal",
        depends_on: "expression",
        providers: { "*": "expression" },
        "*": "template",
      },
    },
  ],
  ["variable", { labels: 1, rule: { type: "expression", validation: "template", "*": "literal" } }],
  ["output", { labels: 1, rule: { depends_on: "expression", description: "literal", "*": "template" } }],
  ["provider", { labels: 1, rule: { alias: "literal", version: "literal", "*": "block" } }],
  ["check", { labels: 1, rule: { data: { "*": { "*": RESOURCE } }, assert: "template", "*": "template" } }],
  ["locals", { labels: 0, rule: "template" }],
  [
    "terraform",
    {
      labels: 0,
      rule: { required_providers: { "*": { configuration_aliases: "expression", "*": "literal" } }, "*": "literal" },
    },
  ],
  ["moved", { labels: 0, rule: { from: "expression", to: "expression", "*": "literal" } }],
  ["import", { labels: 0, rule: { to: "expression", provider: "expression", "*": "template" } }],
  ["removed", { labels: 0, rule: { from: "expression", "*": "template" } }],
]);

/** The rule for what stands under a key. */
export function ruleUnder(rule: JsonRule, key: string): JsonRule {
  if (rule === "block") return key === "dynamic" ? DYNAMIC : "block";
  if (typeof rule === "string") return rule;
  if (Object.hasOwn(rule, key)) return rule[key]!;
  return rule["*"] === "block" ? ruleUnder("block", key) : (rule["*"] ?? "template");
}
