import { EvaluationError } from "../evaluation-error.ts";
import { bool, number, text, texts, unknownAt } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import { joined, partsOf } from "../template.ts";
import type { Scope } from "../scope.ts";
import { STRINGS, countArg, deep, itemsArg, own, textArg } from "./function.ts";
import type { FunctionTable } from "./function.ts";

/** Functions of texts that need no pattern. Lengths and positions count what a reader sees as one character. */
export const STRING: FunctionTable = {
  chomp: deep(["string"], ([value]) => text(textArg(value).replace(/(?:\r\n|[\r\n])+$/, ""))),
  endswith: deep(["string", "string"], ([value, end]) => bool(textArg(value).endsWith(textArg(end)))),
  startswith: deep(["string", "string"], ([value, start]) => bool(textArg(value).startsWith(textArg(start)))),
  strcontains: deep(["string", "string"], ([value, part]) => bool(textArg(value).includes(textArg(part)))),
  indent: deep(["number", "string"], ([spaces, value], scope) => indent(countArg(spaces), textArg(value), scope)),
  join: own(["string"], ([separator, ...lists], scope) => join(separator!, lists, scope), STRINGS),
  lower: deep(["string"], ([value]) => text(lower(textArg(value)))),
  upper: deep(["string"], ([value]) => text(upper(textArg(value)))),
  split: deep(["string", "string"], ([separator, value], scope) => {
    scope.run.budget.items(textArg(value).length);
    return texts(split(textArg(value), textArg(separator)));
  }),
  strrev: deep(["string"], ([value]) => text(characters(textArg(value)).reverse().join(""))),
  substr: deep(["string", "number", "number"], ([value, offset, length]) =>
    text(substr(textArg(value), countArg(offset), countArg(length))),
  ),
  title: deep(["string"], ([value]) => text(title(textArg(value)))),
  trim: deep(["string", "string"], ([value, set]) => text(trim(textArg(value), textArg(set)))),
  trimprefix: deep(["string", "string"], ([value, prefix]) => text(trimPrefix(textArg(value), textArg(prefix)))),
  trimspace: deep(["string"], ([value]) => text(textArg(value).replace(SPACE_AROUND, ""))),
  trimsuffix: deep(["string", "string"], ([value, suffix]) => text(trimSuffix(textArg(value), textArg(suffix)))),
};

// White space as Go's unicode.IsSpace has it.
const SPACE = "[\\t\\n\\v\\f\\r \\u0085\\u00A0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const SPACE_AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");

const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What a reader sees as one character each. */
export function characters(value: string): string[] {
  return [...SEGMENTER.segment(value)].map(({ segment }) => segment);
}

/** How many characters a reader sees. */
export function lengthOf(value: string): Evaluated {
  return number(characters(value).length);
}

/** One code point at a time, as Go does: `ß` stays. */
function upper(value: string): string {
  return [...value]
    .map((each) => {
      const up = each.toUpperCase();
      return [...up].length === 1 ? up : each;
    })
    .join("");
}

/** One code point at a time, whatever stands around it. */
function lower(value: string): string {
  return [...value].map((each) => [...each.toLowerCase()][0] ?? "").join("");
}

function indent(spaces: number, value: string, { run }: Scope): Evaluated {
  if (spaces < 0) throw new EvaluationError("the number of spaces must not be negative");
  const lines = value.split("\n");
  run.budget.text(value.length + spaces * lines.length);
  return text(lines.join(`\n${" ".repeat(spaces)}`));
}

/** A text that is not known stands in its place; a list that is not known leaves nothing to say. */
function join(separator: Evaluated, lists: readonly Evaluated[], scope: Scope): Evaluated {
  if (lists.length === 0) throw new EvaluationError("at least one list is required");
  if (separator.kind === "null") throw new EvaluationError("the separator must not be null");
  const open = lists.map(unknownAt).find((each) => each !== undefined);
  if (open !== undefined) return { ...open, type: "string", origin: undefined };
  const items = lists.flatMap((list) => {
    if (list.kind === "null") throw new EvaluationError("a list must not be null");
    return itemsArg(list);
  });
  const between = partsOf(separator);
  return joined(
    items.flatMap((item, index) => [...(index === 0 ? [] : between), ...partsOf(item)]),
    scope,
  );
}

function split(value: string, separator: string): string[] {
  return separator === "" ? [...value] : value.split(separator);
}

function substr(value: string, offset: number, length: number): string {
  const all = characters(value);
  const start = offset < 0 ? Math.max(all.length + offset, 0) : offset;
  return all.slice(start, length < 0 ? undefined : start + length).join("");
}

/** The first letter of each word. */
function title(value: string): string {
  let before = " ";
  return [...value]
    .map((each) => {
      const isStart = isSeparator(before);
      before = each;
      return isStart ? upper(each) : each;
    })
    .join("");
}

/** As Go's strings.Title separates words. */
function isSeparator(character: string): boolean {
  if (character.codePointAt(0)! <= 0x7f) return !/[0-9A-Za-z_]/.test(character);
  return !/[\p{L}\p{Nd}]/u.test(character) && /\s|\u0085/u.test(character);
}

function trim(value: string, set: string): string {
  const cut = new Set(set);
  const all = [...value];
  let start = 0;
  let end = all.length;
  while (start < end && cut.has(all[start]!)) start += 1;
  while (end > start && cut.has(all[end - 1]!)) end -= 1;
  return all.slice(start, end).join("");
}

function trimPrefix(value: string, prefix: string): string {
  return value.startsWith(prefix) ? value.slice(prefix.length) : value;
}

function trimSuffix(value: string, suffix: string): string {
  return suffix !== "" && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value;
}
