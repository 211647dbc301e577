import type { SurveyRow } from "../facts/survey.ts";
import type { HeaderState, TracedHeader } from "../facts/trace.ts";
import { findingsText, severityCounts, undecidedText } from "./findings-text.ts";
import { harmlessDeep, painter, wrap } from "./paint.ts";
import type { Paint, Style } from "./paint.ts";
import type { Reported } from "./reported.ts";
import { verdictLine } from "./verdict-line.ts";

interface SurveyHead {
  readonly at: string;
  readonly env: string;
}

const WORDS: Readonly<Record<HeaderState, readonly [string, Style]>> = {
  same: ["arrives", "good"],
  added: ["added", "open"],
  replaced: ["REPLACED", "bad"],
  appended: ["appended", "open"],
  removed: ["REMOVED", "bad"],
  absent: ["-", "faint"],
  unknown: ["unknown", "open"],
};

const COLUMNS = [
  ["authorization", "AUTHORIZ."],
  ["cookie", "COOKIE"],
  ["origin", "ORIGIN"],
  ["sec-websocket-protocol", "SUBPROT."],
] as const;
const PATH = 30;
const CELL = 11;

export interface SurveyText {
  readonly colour: boolean;
  /** Findings that were asked not to be shown. */
  readonly hidden: number;
}

/** What was surveyed: the name that the user gave it, and its stacks. */
interface Surveyed {
  readonly at: string;
  readonly stacks: readonly { readonly env: string; readonly rows: readonly SurveyRow[] }[];
}

/** What becomes of credentials at each host and path, and what is wrong, for a person; 80 columns. */
export function renderSurveys(
  { at, stacks }: Surveyed,
  reported: Pick<Reported, "verdict" | "exitCode" | "cells" | "findings" | "undecided">,
  { colour, hidden }: SurveyText,
): string {
  const paint = painter(colour);
  const { findings, undecided = [] } = reported;
  return [
    ...stacks.flatMap(({ env, rows }) => surveyLines({ at, env }, harmlessDeep([...rows]), paint)),
    ...findingsText(harmlessDeep([...findings]), paint, hidden),
    ...undecidedText(harmlessDeep([...undecided]), paint),
    "",
    ...wrap(`Without a contract nothing says what must arrive. Write one with headgate init --from ${at}`, 80),
    `${severityCounts(findings)}  ${verdictLine(reported, paint)}`,
    "",
  ].join("\n");
}

function surveyLines({ at, env }: SurveyHead, rows: readonly SurveyRow[], paint: Paint): string[] {
  const head = `${"  PATH".padEnd(PATH)}${COLUMNS.map(([, title]) => title.padEnd(CELL)).join("")}`.trimEnd();
  const hosts = [...new Set(rows.map(({ host }) => host))];
  return [
    `${paint("strong", "headgate check")}  ${at}  ${env}`,
    "",
    paint("faint", head),
    ...hosts.flatMap((host) => [
      "",
      paint("strong", host),
      ...hostLines(
        rows.filter((row) => row.host === host),
        paint,
      ),
    ]),
    ...actLines(rows, paint),
    ...openLines(rows),
  ];
}

function hostLines(rows: readonly SurveyRow[], paint: Paint): string[] {
  return rows.flatMap((row, index) => {
    const kind = row.protocol === "websocket" ? "upgrade" : row.path;
    const label = `  ${row.protocol === "websocket" ? `  ${kind}` : kind}`;
    const cells = reaches(row)
      ? COLUMNS.map(([name]) => cellOf(row, name, paint)).join("")
      : paint("open", ending(row));
    const target = row.service ?? row.backend;
    const arrow = target === null || row.protocol === "websocket" ? [] : [paint("faint", `    → ${target}`)];
    const line =
      label.length < PATH
        ? [`${label.padEnd(PATH)}${cells}`.trimEnd()]
        : [label, `${" ".repeat(PATH)}${cells}`.trimEnd()];
    return index >= 0 ? [...line, ...arrow] : line;
  });
}

function reaches({ outcome, headers, backend }: SurveyRow): boolean {
  return outcome === "backend" || (outcome === "unknown" && backend !== null && headers.length > 0);
}

function ending({ outcome, status }: SurveyRow): string {
  return status === null ? outcome : `${outcome}, ${status}`;
}

function cellOf({ headers, protocol }: SurveyRow, name: string, paint: Paint): string {
  if (name === "sec-websocket-protocol" && protocol === "http") return "-".padEnd(CELL);
  const state = headers.find((each) => each.name === name)?.state ?? "absent";
  const [word, style] = WORDS[state];
  return paint(style, word.padEnd(CELL));
}

/** The lines that take something away or overwrite it, each once. */
function actLines(rows: readonly SurveyRow[], paint: Paint): string[] {
  const changed = rows.flatMap(({ headers }) => headers.filter(isChanged));
  const lines = changed.flatMap(({ name, by }) =>
    by
      .slice(-1)
      .map((act) => `${name}: ${act.effect} (${act.address}.${act.attribute}, ${act.file}:${act.line}:${act.column})`),
  );
  const distinct = [...new Set(lines)];
  return distinct.length === 0
    ? []
    : [
        "",
        paint("strong", "WHO DOES IT"),
        ...distinct.flatMap((line) => wrap(line, 78).map((part, index) => `${index === 0 ? "  " : "    "}${part}`)),
      ];
}

function isChanged({ state }: TracedHeader): boolean {
  return state !== "same" && state !== "absent";
}

function openLines(rows: readonly SurveyRow[]): string[] {
  const reasons = rows.flatMap(({ unknowns }) =>
    unknowns.map(({ reason, by }) => `${by.address} ${reason} (${by.file}:${by.line}:${by.column})`),
  );
  const distinct = [...new Set(reasons)];
  return distinct.length === 0
    ? []
    : [
        "",
        "NOT TOLD BY THE CONFIGURATION",
        ...distinct.flatMap((line) => wrap(line, 78).map((part, index) => `${index === 0 ? "  " : "    "}${part}`)),
      ];
}
