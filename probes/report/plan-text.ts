import type { OutcomeChange, PlanReview, PlannedChange, PlannedOutcome } from "../facts/planned.ts";
import { harmlessJson } from "./json.ts";
import { harmlessDeep, painter } from "./paint.ts";
import type { Paint } from "./paint.ts";
import { routeTitle } from "./matrix-rows.ts";

/** Most changed outcomes that a first deployment, where all are new, lists one by one. */
const LISTED = 200;

/** A review of a plan for a person: which changes touch the header path, and what becomes another outcome. */
export function renderPlanText(review: PlanReview, { colour }: { readonly colour: boolean }): string {
  const shown = harmlessDeep(review);
  const paint = painter(colour);
  const lines = [
    `headgate gate --plan   ${shown.plan.at}   terraform ${shown.plan.terraform}   ${shown.run.env.join(", ")}`,
    "",
    ...pathLines(shown, paint),
    "",
    ...outcomeLines(shown, paint),
    "",
    ...verdictLines(shown, paint),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same on the way of a deploy, whose plan is not kept: without its places, and of what is new without a list. */
export function renderPlanBriefly(review: PlanReview): string {
  const shown = harmlessDeep(review);
  const paint = painter(false);
  const [head, ...changes] = pathLines(shown, paint, { places: false });
  const lines = [head, ...(shown.plan.first ? [] : changes), ...outcomeLines(shown, paint)];
  return `${[...lines, ...shown.reasons].map((line) => `  ${line}`).join("\n")}\n`;
}

/** The same as JSON, `headgate-plan/1`. */
export function renderPlanJson(review: PlanReview): string {
  return `${harmlessJson(JSON.stringify(review, null, 2))}\n`;
}

function pathLines({ changes, plan }: PlanReview, paint: Paint, { places } = { places: true }): string[] {
  const touching = changes.filter(({ onPath }) => onPath.length > 0);
  const all = `${changes.length} ${changes.length === 1 ? "change" : "changes"}`;
  const head =
    touching.length === 0
      ? `header path: not touched (${all}, none of them on it)`
      : `header path: ${paint("strong", "touched")} by ${touching.length} of ${all}`;
  const partial = plan.partial ? ["the plan is partial (-target, or parts put off): another one has to follow"] : [];
  return [head, ...touching.map((change) => `  ${changeLine(change, places)}`), ...partial];
}

function changeLine({ action, address, onPath, file, line, column }: PlannedChange, places: boolean): string {
  const what = action === "update" || action === "replace" ? `   ${onPath.join(", ")}` : "";
  const place = places ? `   ${file}:${line}:${column}` : "";
  return `${action.padEnd(7)} ${address}${what}${place}`;
}

function outcomeLines({ outcomes, compared, plan }: PlanReview, paint: Paint): string[] {
  if (outcomes.length === 0) return [`outcomes: all ${compared} stay as they are`];
  const head = `outcomes: ${outcomes.length} of ${compared} change`;
  if (plan.first) {
    const failing = outcomes.filter(({ after }) => after?.state !== "pass" && after?.state !== "not-applicable");
    const listed = failing.slice(0, LISTED).flatMap((change) => outcomeLine(change, paint));
    return [
      `${head}: no edge was there before, so that each is new${failing.length > 0 ? "; not passing:" : ""}`,
      ...listed,
    ];
  }
  return [head, ...outcomes.flatMap((change) => outcomeLine(change, paint))];
}

function outcomeLine(change: OutcomeChange, paint: Paint): string[] {
  const { after, before, protocol, client, header, rule, path, otherValue } = change;
  const way = otherValue === true ? `${words(after)}, another value` : `${words(before)} → ${words(after)}`;
  const style = after?.state === "pass" ? "good" : after?.state === "fail" ? "bad" : "open";
  const who = `${routeTitle(change)}   ${path}   ${protocol} ${client}   ${header ?? rule}`;
  const places = (after ?? before)!.by.map(
    ({ address, attribute, effect, file, line }) =>
      `      ${address}${attribute === "" ? "" : `.${attribute}`} ${effect} (${file}:${line})`,
  );
  const reason = after?.reason ?? "";
  return [`  ${who}   ${paint(style, way)}`, ...(reason === "" ? [] : [`      ${reason}`]), ...places];
}

function words(outcome: PlannedOutcome | null): string {
  if (outcome === null) return "nothing";
  const { state, observation, service, status } = outcome;
  const told = [observation, service === null ? status : `at ${service}`].filter((each) => each !== null);
  return told.length === 0 ? state : `${state} (${told.join(" ")})`;
}

function verdictLines({ verdict, reasons, before, exitCode, notLookedAt }: PlanReview, paint: Paint): string[] {
  const style = verdict === "pass" ? "good" : verdict === "contract-broken" ? "bad" : "open";
  const was = before === null ? "" : `, before it ${before}`;
  return [
    ...notLookedAt.map((each) => `not looked at: ${each}`),
    ...reasons.map((reason) => `  ${reason}`),
    `after this plan: ${paint(style, verdict)}${was}   exit ${exitCode}`,
  ];
}
