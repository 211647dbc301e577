import type { Finding, Severity, Undecided } from "../facts/finding.ts";
import type { Cell } from "../facts/result.ts";
import type { Paint, Style } from "./paint.ts";
import { wrap } from "./paint.ts";
import { acceptance, countOf, failedGroups, whatFailed, whereSeen } from "./reported.ts";

const STYLE: Readonly<Record<Severity, Style>> = { error: "bad", warning: "open", note: "faint" };
const WIDTH = 80;
const LABEL = 10;

/** Findings of static rules: what, where, what to do; those that somebody accepts with who and why. */
export function findingsText(findings: readonly Finding[], paint: Paint, hidden = 0): string[] {
  const known = findings.filter((finding) => finding.known === true).length;
  const left = [
    ...(known === 0 ? [] : [`${counted(known)} in the baseline`]),
    ...(hidden === 0 ? [] : [`${counted(hidden)} not shown; --show note shows all`]),
  ];
  return [
    ...findings
      .filter((finding) => finding.known === undefined)
      .flatMap((finding) => ["", ...findingLines(finding, paint)]),
    ...(left.length === 0 ? [] : ["", ...left.map((line) => paint("faint", line))]),
  ];
}

/** How many findings count, by severity: `2 errors, 1 warning`. */
export function severityCounts(findings: readonly Finding[]): string {
  const told = (["error", "warning", "note"] as const).flatMap((severity) => {
    const count = countOf(findings, severity);
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return told.length === 0 ? "no findings" : told.join(", ");
}

/** Failed checks that somebody accepts: what, who, until when, why. */
export function waivedText(cells: readonly Cell[], paint: Paint): string[] {
  const waived = failedGroups(cells).filter(([cell]) => cell.waived !== undefined);
  return waived.flatMap((group) => {
    const [cell] = group;
    const { file = "", line = 0, column = 0 } = cell.waived?.at ?? {};
    return [
      "",
      ...heading("WAIVED", `${cell.rule}  ${whatFailed(cell)}`, (word) => paint("open", word)),
      ...whereSeen(group).flatMap((seen) => field("route", seen)),
      ...field("waived", `${acceptance(cell)!.replace(/^waived /, "")}`),
      ...field("", `${file}:${line}:${column}`),
    ];
  });
}

/** What rules could not look at, and why: those of one reason and place together. */
export function undecidedText(undecided: readonly Undecided[], paint: Paint): string[] {
  const groups = new Map<string, Undecided[]>();
  for (const each of undecided) {
    const key = `${each.reason}\0${each.where.file}:${each.where.line}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => {
    const [{ reason, where }] = group as [Undecided];
    const rules = [...new Set(group.map(({ id }) => id))];
    return [
      "",
      ...heading("NOT DECIDED", `${where.address} ${reason}`, (word) => paint("faint", word)),
      ...field("at", `${where.file}:${where.line}:${where.column}`),
      ...field(rules.length === 1 ? "rule" : "rules", rules.join(", ")),
    ];
  });
}

function findingLines(finding: Finding, paint: Paint): string[] {
  const { id, severity, title, where, by, fix, dependsOn, waived, consequenceOf: cause } = finding;
  const word = waived === undefined ? severity.toUpperCase() : "WAIVED";
  return [
    ...heading(word, `${id}  ${title}`, (text) => paint(waived === undefined ? STYLE[severity] : "open", text)),
    ...field("at", `${where.file}:${where.line}:${where.column}`),
    ...field("", `${where.address}${where.attribute === "" ? "" : `.${where.attribute}`}`),
    ...(where.construct === undefined ? [] : field("", `${where.construct.file}:${where.construct.line}`)),
    ...by.flatMap((place) => field("with", `${place.file}:${place.line}:${place.column}`)),
    ...(dependsOn === undefined ? [] : field("depends", `on ${dependsOn}, which is open`)),
    ...(cause === undefined ? [] : field("goes with", `${cause.id} at ${cause.where.file}:${cause.where.line}`)),
    ...(waived === undefined
      ? field("fix", fix)
      : [
          ...field("waived", acceptance(finding)!.replace(/^waived /, "")),
          ...field("", `${waived.at.file}:${waived.at.line}:${waived.at.column}`),
        ]),
  ];
}

function heading(word: string, text: string, painted: (word: string) => string): string[] {
  return wrap(`${word} ${text}`, WIDTH).map((line, index) =>
    index === 0 ? line.replace(/^\S+/, painted) : `  ${line}`,
  );
}

function counted(count: number): string {
  return count === 1 ? "1 finding" : `${count} findings`;
}

function field(label: string, text: string): string[] {
  return wrap(text, WIDTH - LABEL - 2).map((line, index) => `  ${(index === 0 ? label : "").padEnd(LABEL)}${line}`);
}
