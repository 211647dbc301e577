import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "@cdktn/hcl2json";
import { loadContract } from "../../contract/load.ts";
import { buildEdges } from "../../probes/model/build.ts";
import { audit } from "../../probes/rules/static/audit.ts";
import type { Audit } from "../../probes/rules/static/audit.ts";
import type { StaticRule, Subject } from "../../probes/rules/static/define-rule.ts";
import { STATIC_RULES } from "../../probes/rules/static/index.ts";
import { readSource } from "../../probes/terraform/read-source.ts";
import type { Json } from "./reference.ts";

const FIXTURES = "tests/fixtures/rules";
const CONTRACT = "headgate.yaml";

/** A configuration on which a rule is tested, with a contract beside it where the rule reads one. */
export interface RuleFixture {
  readonly id: string;
  readonly outcome: "fails" | "passes";
  readonly path: string;
}

/** Where a rule is expected to find something: marks `# expect: RULE`, several with commas between. */
export interface Expected {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** A fixture is the folder itself, where it holds `*.tf`, else each folder in it. */
export function ruleFixtures(): RuleFixture[] {
  return foldersIn(FIXTURES).flatMap((id) =>
    (["fails", "passes"] as const).flatMap((outcome) => {
      const folder = join(FIXTURES, id, outcome);
      const isOne = existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".tf"));
      const paths = isOne ? [folder] : foldersIn(folder).map((name) => join(folder, name));
      return paths.map((path) => ({ id, outcome, path }));
    }),
  );
}

export function foldersIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** What is marked in the configuration and in the contract of a fixture. */
export function expectedIn(folder: string): Expected[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(tf|yaml)$/.test(name));
  return names.flatMap((name) => {
    const file = join(folder, name);
    return readFileSync(file, "utf8")
      .split("\n")
      .flatMap((text, index) => {
        const rules = /# expect: (.*)$/.exec(text)?.[1]?.split(",") ?? [];
        return rules.map((rule) => ({ rule: rule.trim(), file, line: index + 1 }));
      });
  });
}

/** What rules look at in a configuration, with the contract of a folder where that holds one. */
export async function subjectsOf(source: string, contractIn = source): Promise<Subject[]> {
  const { graphs } = await readSource(source);
  const file = join(contractIn, CONTRACT);
  const contract = existsSync(file) ? loadContract(file) : undefined;
  const environment = Object.values(contract?.environments ?? {})[0];
  const declared = contract === undefined || environment === undefined ? {} : { declared: { contract, environment } };
  return graphs.map((graph) => ({ graph, edges: buildEdges(graph), ...declared }));
}

export async function auditOf(
  source: string,
  { contractIn = source, rules = STATIC_RULES }: { contractIn?: string; rules?: readonly StaticRule[] } = {},
): Promise<Audit> {
  const audits = (await subjectsOf(source, contractIn)).map((subject) => audit(rules, subject));
  return {
    findings: audits.flatMap(({ findings }) => findings),
    undecided: audits.flatMap(({ undecided }) => undecided),
  };
}

/** Why a fixture has no form in JSON: `# hcl-only: REASON` in it. */
export function whyHclOnly(folder: string): string | undefined {
  const texts = readdirSync(folder).filter((name) => name.endsWith(".tf"));
  return texts.map((name) => /# hcl-only: (.+)/.exec(readFileSync(join(folder, name), "utf8"))?.[1]).find(Boolean);
}

/** Writes a fixture as `cdktf synth` would: one stack of JSON with a manifest; modules beside it. Gives the folder. */
export async function synthesizedForm(folder: string, into: string): Promise<string> {
  const out = join(into, "cdktf.out");
  const stack = join(out, "stacks", "main");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tf"));
  let root: Json = {};
  for (const name of names) {
    const json = (await parse(name, readFileSync(join(folder, name), "utf8"))) as Json;
    if (dirname(name) === ".") root = merged(root, json);
    else write(join(stack, `${name}.json`), json);
  }
  write(join(stack, "cdk.tf.json"), root);
  const manifest = {
    version: "0.21.0",
    stacks: { main: { name: "main", synthesizedStackPath: "stacks/main/cdk.tf.json" } },
  };
  write(join(out, "manifest.json"), manifest);
  return out;
}

function write(file: string, json: Json): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(json, bareNames, 2));
}

/** The converter writes what `depends_on` names as templates, which Terraform refuses there. */
function bareNames(key: string, value: Json): Json {
  if (key !== "depends_on" || !Array.isArray(value)) return value;
  return value.map((name: string) => name.replace(/^\$\{(.*)\}$/, "$1"));
}

/** Objects are joined key by key, lists one behind the other. */
function merged(one: Json, other: Json): Json {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  const result = { ...one };
  for (const [key, value] of Object.entries(other as Record<string, Json>))
    result[key] = key in result && typeof value === "object" ? merged(result[key], value) : value;
  return result;
}
