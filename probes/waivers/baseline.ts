import { findNodeAtLocation, parseTree } from "jsonc-parser";
import * as z from "zod";
import type { Position } from "../../contract/contract.ts";
import type { Finding } from "../facts/finding.ts";
import type { AcceptedFinding, Baseline } from "../facts/waiver.ts";
import { WAIVER_RULES, WAIVER_RULE_IDS, findingAt } from "./rules.ts";

const SCHEMA = "headgate-baseline/1";

const shape = z.strictObject({
  schema: z.literal(SCHEMA),
  findings: z.array(
    z.strictObject({ rule: z.string(), address: z.string(), attribute: z.string(), title: z.string() }),
  ),
});

/** What makes two findings the same, whatever moved in between. */
export function identityOf({ id, where: { address, attribute }, title }: Finding): AcceptedFinding {
  return { rule: id, address, attribute, title };
}

/** Every finding that nobody waives, as a file; sorted, so that a change of it shows what changed. */
export function writeBaseline(findings: readonly Finding[]): string {
  const entries = new Map(
    findings
      .filter(isForBaseline)
      .map(identityOf)
      .map((entry) => [keyOf(entry), entry]),
  );
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  return `${JSON.stringify({ schema: SCHEMA, findings: sorted }, null, 2)}\n`;
}

/** Text of a baseline file → its entries, or what is wrong with it, in words. */
export function readBaseline(text: string, file: string): Baseline | { readonly fault: string } {
  const root = parseTree(text, [], { disallowComments: true });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return { fault: `is not valid JSON: ${(cause as Error).message}` };
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { fault: `is no ${SCHEMA} file: ${issue!.path.join(".") || "the whole"}: ${issue!.message}` };
  }
  const at = (index: number): Position =>
    positionOf(text, file, root && findNodeAtLocation(root, ["findings", index])?.offset);
  return { file, findings: parsed.data.findings.map((entry, index) => ({ ...entry, at: at(index) })) };
}

/**
 * Findings that the baseline knows, marked as such, and a note for each of its entries that no longer occurs. `new`: the
 * baseline is made of these very findings.
 */
export function applyBaseline(findings: readonly Finding[], baseline: Baseline | "new" | undefined): Finding[] {
  if (baseline === undefined) return [...findings];
  if (baseline === "new")
    return findings.map((finding) => (isForBaseline(finding) ? { ...finding, known: true } : finding));
  const known = new Set(baseline.findings.map(keyOf));
  const occurring = new Set(findings.map((finding) => keyOf(identityOf(finding))));
  const gone = baseline.findings.filter((entry) => !occurring.has(keyOf(entry)));
  return [
    ...findings.map((finding): Finding =>
      known.has(keyOf(identityOf(finding))) ? { ...finding, known: true } : finding,
    ),
    ...gone.map(({ rule, title, address, at }) =>
      findingAt(WAIVER_RULES.gone, `${rule} of the baseline no longer occurs: ${title}`, address, at),
    ),
  ];
}

function isForBaseline({ id, waived }: Finding): boolean {
  return waived === undefined && !WAIVER_RULE_IDS.includes(id);
}

function keyOf({ rule, address, attribute, title }: AcceptedFinding): string {
  return JSON.stringify([rule, address, attribute, title]);
}

function positionOf(text: string, file: string, offset = 0): Position {
  const before = text.slice(0, offset).split("\n");
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}
