import type { Change } from "../facts/finding.ts";
import { aligned } from "./align.ts";
import type { Carried } from "./carried.ts";
import { changeInHcl, placeOf } from "./hcl-change.ts";
import { changeInYaml } from "./yaml-change.ts";

const BOM = "\uFEFF";

/** Why a change of a text cannot be carried out; undefined: it can. */
export function whyNot(text: string, change: Change): string | undefined {
  const carried = carry(text.replace(BOM, ""), change);
  return "refusal" in carried ? carried.refusal : undefined;
}

/**
 * A text with all changes made, from its end to its beginning, so that the places of those to come stay right. What was
 * aligned as `terraform fmt` aligns stays so.
 * @param changes each of which can be carried out alone; what an earlier one has taken out already is passed over.
 */
export function withChanges(text: string, changes: readonly Change[]): string {
  const mark = text.startsWith(BOM) ? BOM : "";
  const before = text.slice(mark.length);
  let after = before;
  for (const change of distinct(changes)) {
    const carried = carry(after, change);
    if (!("refusal" in carried)) after = replaced(after, carried);
  }
  const isHcl = changes.some((change) => !isYaml(change));
  return mark + (isHcl && aligned(before) === before ? aligned(after) : after);
}

function carry(text: string, change: Change): Carried {
  return isYaml(change) ? changeInYaml(text, change) : changeInHcl(text, change);
}

function isYaml(change: Change): boolean {
  return /\.ya?ml$/.test(placeOf(change).file);
}

/** The last place first; of several changes at one place the first that was asked for. */
function distinct(changes: readonly Change[]): Change[] {
  const byPlace = new Map<string, Change>();
  for (const change of changes) {
    const key = keyOf(change);
    if (!byPlace.has(key)) byPlace.set(key, change);
  }
  return [...byPlace.values()].sort((a, b) => {
    const [one, other] = [placeOf(a), placeOf(b)];
    return other.line - one.line || other.column - one.column;
  });
}

/** Two changes with one key are about the same thing. */
export function keyOf(change: Change): string {
  const { file, line, column } = placeOf(change);
  return [file, line, column, ...(change.kind === "set" ? [change.name] : [])].join("\0");
}

function replaced(text: string, replacements: Exclude<Carried, { readonly refusal: string }>): string {
  return [...replacements]
    .sort((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: own }) => all.slice(0, start) + own + all.slice(end), text);
}
