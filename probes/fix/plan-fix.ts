import type { Change, Finding } from "../facts/finding.ts";
import { ConfigurationError } from "../terraform/configuration-error.ts";
import { hclParser } from "../terraform/syntax/hcl.ts";
import { keyOf, whyNot, withChanges } from "./apply.ts";
import { placeOf } from "./hcl-change.ts";

export interface FixedFile {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** A finding that a person has to mend, and why, where it says how it could be mended. */
export interface ByHand {
  readonly finding: Finding;
  readonly why?: string;
}

export interface FixPlan {
  readonly files: readonly FixedFile[];
  readonly mended: readonly Finding[];
  readonly byHand: readonly ByHand[];
}

/** What may be changed: the text of a file, or why it is left alone. */
export type TextOf = (file: string) => { readonly text: string } | { readonly refusal: string };

/**
 * What mends findings without a decision of anybody's. A remedy is carried out whole or not at all, and no file is left
 * that cannot be parsed.
 */
export function planFix(findings: readonly Finding[], textOf: TextOf): FixPlan {
  const judged = findings.map((finding) => ({ finding, why: refusalOf(finding.remedy, textOf) }));
  const mended = withoutRivals(judged.filter(({ why }) => why === undefined).map(({ finding }) => finding));
  const files = filesAfter(mended.first, textOf);
  const broken = files.filter((file) => !isReadable(file)).map(({ file }) => file);
  if (broken.length > 0) {
    const touches = ({ remedy = [] }: Finding): boolean =>
      remedy.some((change) => broken.includes(placeOf(change).file));
    const rest = planFix(
      findings.filter((finding) => !touches(finding)),
      textOf,
    );
    const left = findings.filter(touches).map((finding) => ({ finding, why: "the change would break the file" }));
    return { ...rest, byHand: [...rest.byHand, ...left] };
  }
  const later = mended.rivals.map((finding) => ({ finding, why: "another change of the same place goes first" }));
  const left = judged.flatMap(({ finding, why }) =>
    why === undefined ? [] : [{ finding, ...(why !== NO_REMEDY && { why }) }],
  );
  return { files, mended: mended.first, byHand: [...left, ...later] };
}

const NO_REMEDY = "";

function refusalOf(remedy: readonly Change[] | undefined, textOf: TextOf): string | undefined {
  if (remedy === undefined || remedy.length === 0) return NO_REMEDY;
  for (const change of remedy) {
    const source = textOf(placeOf(change).file);
    const why = "refusal" in source ? source.refusal : whyNot(source.text, change);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Of findings that want one place to become two things the first; those that want the same go together. */
function withoutRivals(findings: readonly Finding[]): { first: readonly Finding[]; rivals: readonly Finding[] } {
  const wanted = new Map<string, string>();
  const isFirst = ({ remedy = [] }: Finding): boolean => {
    const own = remedy.map((change): [string, string] => [
      keyOf(change),
      JSON.stringify({ ...change, at: 0, in: 0, to: 0 }),
    ]);
    if (own.some(([key, change]) => (wanted.get(key) ?? change) !== change)) return false;
    for (const [key, change] of own) wanted.set(key, change);
    return true;
  };
  const first = findings.filter(isFirst);
  return { first, rivals: findings.filter((finding) => !first.includes(finding)) };
}

function filesAfter(findings: readonly Finding[], textOf: TextOf): FixedFile[] {
  const byFile = new Map<string, Change[]>();
  for (const change of findings.flatMap(({ remedy = [] }) => remedy)) {
    const { file } = placeOf(change);
    byFile.set(file, [...(byFile.get(file) ?? []), change]);
  }
  return [...byFile].flatMap(([file, changes]) => {
    const source = textOf(file);
    return "text" in source ? [{ file, before: source.text, after: withChanges(source.text, changes) }] : [];
  });
}

function isReadable({ file, after }: FixedFile): boolean {
  if (!file.endsWith(".tf")) return true;
  try {
    hclParser.parse(after, file);
    return true;
  } catch (cause) {
    if (cause instanceof ConfigurationError) return false;
    throw cause;
  }
}
