import type { Act } from "../facts/provenance.ts";
import type { Cell, Fingerprint, Result } from "../facts/result.ts";
import { groupAlike, isOpenFailure } from "./alike.ts";
import { routeTitle } from "./matrix-rows.ts";
import { wrap } from "./paint.ts";
import type { Paint } from "./paint.ts";

const LABEL = 10;
const WIDTH = 80;

/** Every failure: what, where, sent, arrived, expected, the line that did it, what to do. Alike ones stand once. */
export function failures(result: Result, paint: Paint): string[] {
  const failed = groupAlike(result.cells.filter(isOpenFailure));
  return failed.flatMap((cells) => ["", ...failureLines(cells, result, paint)]);
}

/** Why a check could not look, each reason once. */
export function openQuestions(result: Result, paint: Paint): string[] {
  const depends = (text: string): boolean =>
    result.cells.some(({ reason }) => reason?.includes(text.split(":")[0]!) === true);
  const questions = result.assumptions.filter(depends).map((text) => field("question", text));
  const reasons = result.verdict === "inconclusive" ? result.reasons.map((reason) => field("because", reason)) : [];
  if (reasons.length + questions.length === 0) return [];
  const title = reasons.length > 0 ? [paint("open", "COULD NOT LOOK")] : [paint("faint", "OPEN QUESTIONS")];
  return ["", ...title, ...reasons.flat(), ...questions.flat()];
}

function failureLines(cells: readonly Cell[], result: Result, paint: Paint): string[] {
  const [cell] = cells as [Cell, ...Cell[]];
  const rule = result.rules.find(({ id }) => id === cell.rule);
  const hidden = result.cells.filter(({ consequenceOf }) => cells.some(({ id }) => id === consequenceOf)).length;
  return [
    `${paint("bad", "FAIL")} ${paint("strong", cell.rule)}  ${cell.header === null ? "" : `${cell.header}: `}${cell.reason ?? ""}`,
    ...places(cells),
    ...(cell.header === null
      ? []
      : [
          ...field("sent", fingerprints(cell.sent)),
          ...field("arrived", `${fingerprints(cell.arrived)}${answeredBy(cell)}`),
        ]),
    ...(cell.header === null ? field("answered", answeredBy(cell).trim() || "(nobody)") : []),
    ...field(
      "expected",
      `${expectation(cell)}   ${cell.declaredAt.file}:${cell.declaredAt.line}:${cell.declaredAt.column}`,
    ),
    ...cell.by.flatMap((act, index) => actLines(act, index === 0 ? "by" : "after")),
    ...(hidden === 0
      ? []
      : field("hides", `${hidden} ${hidden === 1 ? "check" : "checks"} that cannot be told beside it`)),
    ...field("fix", rule?.fix ?? ""),
  ];
}

/** One line a route: its path forms, and how often and by which client the failure was seen. */
function places(cells: readonly Cell[]): string[] {
  const routes = new Map<string, Map<string, Set<string>>>();
  for (const cell of cells) {
    const seen = routes.get(routeTitle(cell)) ?? new Map<string, Set<string>>();
    const key = `${cell.protocol === "websocket" ? "upgrade" : "HTTP"} ${cell.client}`;
    routes.set(
      routeTitle(cell),
      seen.set(key, (seen.get(key) ?? new Set()).add(cell.path.replace("${nonce}", "<nonce>"))),
    );
  }
  return [...routes].flatMap(([title, seen]) => [
    ...field("route", title),
    ...[...seen].flatMap(([key, paths]) => field("", `  ${key}: ${[...paths].join(" ")}`)),
  ]);
}

function actLines(act: Act, label: string): string[] {
  return [
    ...field(label, act.effect + (act.fact === undefined ? "" : ` (${act.fact})`)),
    ...field("", act.address),
    ...(act.attribute === "" ? [] : field("", act.attribute)),
    ...field("", `${act.file}:${act.line}:${act.column}`),
    ...(act.construct === undefined ? [] : field("", `${act.construct.file}:${act.construct.line}`)),
  ];
}

function expectation(cell: Cell): string {
  if (cell.arrives !== null) return cell.arrives;
  return cell.rule === "reaches-declared-service" ? `service ${cell.expectedService}` : "as declared";
}

function fingerprints(values: readonly Fingerprint[]): string {
  return values.length === 0 ? "(absent)" : values.map(({ hash, bytes }) => `#${hash} (${bytes} bytes)`).join(", ");
}

function answeredBy({ answeredBy: who }: Cell): string {
  if (who === null) return "";
  return who.service === null
    ? ` ${who.status}, without a service's report`
    : ` at service ${who.service} (${who.revision}), ${who.status}`;
}

/** `label   text`, the text wrapped under itself. */
function field(label: string, text: string): string[] {
  return wrap(text, WIDTH - LABEL - 2).map((line, index) => `  ${(index === 0 ? label : "").padEnd(LABEL)}${line}`);
}
