import type { Position } from "../../contract/contract.ts";
import type { Finding } from "../facts/finding.ts";
import type { Cell } from "../facts/result.ts";
import type { Remark } from "../facts/waiver.ts";
import { WAIVER_RULES, findingAt } from "./rules.ts";
import type { Waiver } from "./waiver.ts";

const KEYS = ["reason", "owner", "expires"] as const;
const WORD = /\s*(?:([\w-]+)=)?(?:"([^"]*)"|(\S+))/y;

/** What an inline comment says: the rule and what stands beside it, or what is wrong with it. */
export interface Written {
  readonly rule: string;
  readonly values: Readonly<Partial<Record<(typeof KEYS)[number], string>>>;
  readonly faults: readonly string[];
}

/** The waivers that stand as comments in a configuration, and a finding for each that lacks something. */
export function inlineWaivers(remarks: readonly Remark[]): { waivers: Waiver[]; findings: Finding[] } {
  const waivers: Waiver[] = [];
  const findings: Finding[] = [];
  for (const remark of distinct(remarks)) {
    const { rule, values, faults } = writtenIn(remark.text);
    const { reason = "", owner = "", expires = "" } = values;
    if (faults.length === 0)
      waivers.push({ rule, reason, owner, expires, at: remark.at, subject: SUBJECT, covers: coveredBy(remark) });
    else findings.push(findingAt(WAIVER_RULES.incomplete, faults.join("; "), SUBJECT, remark.at));
  }
  return { waivers, findings };
}

const SUBJECT = "headgate:ignore";

/** A module that is called twice is read twice. */
function distinct(remarks: readonly Remark[]): Remark[] {
  return [
    ...new Map(remarks.map((remark) => [`${remark.at.file}:${remark.at.line}:${remark.at.column}`, remark])).values(),
  ];
}

/** `ignore RULE reason="…" owner=… expires=YYYY-MM-DD`, in any order behind the rule. */
export function writtenIn(text: string): Written {
  const [verb, ...words] = wordsOf(text);
  const rule = words.find(({ key }) => key === undefined)?.value ?? "";
  const values: Partial<Record<string, string>> = {};
  const faults: string[] = [];
  if (verb?.value !== "ignore") faults.push(`headgate:${verb?.value ?? ""} says nothing; write headgate:ignore`);
  if (rule === "") faults.push("it names no rule");
  for (const { key, value } of words) {
    if (key === undefined) {
      if (value !== rule) faults.push(`${value} belongs to nothing; a text with blanks needs quotes`);
    } else if (!isKey(key)) faults.push(`${key} is none of ${KEYS.join(", ")}`);
    else if (key in values) faults.push(`${key} is given twice`);
    else values[key] = value;
  }
  for (const key of KEYS) if ((values[key] ?? "").trim() === "") faults.push(`it has no ${key}`);
  const { expires = "" } = values;
  if (expires !== "" && !isDate(expires)) faults.push(`expires=${expires} is no date; write YYYY-MM-DD`);
  return { rule, values, faults };
}

interface Word {
  readonly key: string | undefined;
  readonly value: string;
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  WORD.lastIndex = 0;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text))
    words.push({ key: match[1], value: match[2] ?? match[3] ?? "" });
  return words;
}

function isKey(key: string): key is (typeof KEYS)[number] {
  return (KEYS as readonly string[]).includes(key);
}

/** A day of the calendar, `YYYY-MM-DD`. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** A finding at a line of which the comment speaks; a failed check of which such a line is the cause. */
function coveredBy({ at: { file }, from, to }: Remark): (item: Cell | Finding) => boolean {
  const isThere = (place: Position): boolean => place.file === file && place.line >= from && place.line <= to;
  return (item) => ("where" in item ? isThere(item.where) : item.by.some(isThere));
}
