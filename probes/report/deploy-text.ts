import type { Applied, Answering, DeployRecord, Look } from "../facts/deployed.ts";
import type { Verdict } from "../facts/result.ts";
import { harmlessJson } from "./json.ts";
import { matrixBetween } from "./matrix-between.ts";
import { harmlessDeep, painter, wrap } from "./paint.ts";
import type { Paint, Style } from "./paint.ts";

/** Columns of a terminal. */
const WIDTH = 80;

/** Digits of a stamp that a person compares. */
const SHORT = 12;

/** What a deploy did, for a person: what was applied, which generation answers, the matrix before and after, what next. */
export function renderDeployText(raw: DeployRecord, { colour }: { readonly colour: boolean }): string {
  const record = harmlessDeep(raw);
  const paint = painter(colour);
  const lines = [
    "",
    headline(record, paint),
    ...record.applies.map((applied) => `  ${appliedLine(applied, paint)}`),
    ...answeringLines(record),
    ...record.looks.flatMap((look) => lookLines(look, paint)),
    ...notLookedAt(record.looks),
    ...overrideLines(record, paint),
    ...matrixLines(record, paint),
    ...dnsLines(record),
    ...record.reasons.flatMap((reason) => reason.split("\n").map((line) => `  ${line}`)),
    ...remedyLines(record),
    ...wayLines(record),
    `${paint(STYLE[record.verdict], record.verdict)}   exit ${record.exitCode}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** The same as JSON, `headgate-deploy/1`: one line of a ledger. */
export function renderDeployJson(record: DeployRecord): string {
  return `${harmlessJson(JSON.stringify(record, null, 2))}\n`;
}

const STYLE: Readonly<Record<Verdict, Style>> = {
  pass: "good",
  "contract-broken": "bad",
  usage: "bad",
  inconclusive: "open",
  internal: "bad",
};

function headline({ run, promotion, way, verdict, applies }: DeployRecord, paint: Paint): string {
  const env = run.env.join(", ");
  const isWhole = applies.length > 0 && applies.every(({ done }) => done);
  const [head, rest] = !isWhole
    ? [`not deployed: ${env}`, applies.length === 0 ? "nothing was applied" : "what was applied so far stays"]
    : [`deployed ${env}`, verdict === "pass" ? "applied as planned" : "and it did not pass"];
  return `${paint("strong", head)}: ${rest} (promotion: ${promotion}, by ${way})`;
}

function appliedLine({ name, changes, touchesHeaderPath, done }: Applied, paint: Paint): string {
  const counts = Object.entries(changes).filter(([, count]) => count > 0);
  const words = counts.length === 0 ? "no change" : counts.map(([what, count]) => `${count} ${what}`).join(", ");
  const path = touchesHeaderPath ? "header path touched" : "header path not touched";
  return `${name.padEnd(NAMES)} ${words}; ${path}${done ? "" : paint("bad", "; did not come to its end")}`;
}

/** Width of what stands before a line. */
const NAMES = 14;

function answeringLines({ before, after }: DeployRecord): string[] {
  if (after === null) return [];
  const was = before === null || before.stamp === after.stamp ? "" : `, before ${before.stamp.slice(0, SHORT)}…`;
  return [
    `  ${"answers now".padEnd(NAMES)} stamp ${after.stamp.slice(0, SHORT)}…${was}`,
    ...Object.entries(after.generations).map(
      ([service, generation]) =>
        `  ${"".padEnd(NAMES)} ${service} ${generation}${previous(before, service, generation)}`,
    ),
  ];
}

function previous(before: Answering | null, service: string, generation: string): string {
  const old = before?.generations[service];
  return old === undefined || old === generation ? "" : `, before ${old}`;
}

function lookLines({ edge, verdict, detail }: Look, paint: Paint): string[] {
  const [head, ...more] = wrap(`${verdict}: ${detail}`, WIDTH - NAMES - 3);
  const told = head!.replace(verdict, paint(STYLE[verdict], verdict));
  return [told, ...more].map((line, index) => `  ${(index === 0 ? `${edge} edge` : "").padEnd(NAMES)} ${line}`);
}

function notLookedAt(looks: readonly Look[]): string[] {
  const left = [...new Set(looks.flatMap(({ notLookedAt: each }) => each))];
  return left.length === 0
    ? []
    : [`  not looked at where it runs:`, ...left.flatMap((each) => wrap(`    ${each}`, WIDTH))];
}

function overrideLines({ override }: DeployRecord, paint: Paint): string[] {
  return override === undefined ? [] : [`  ${paint("bad", "OVERRIDDEN")} by ${override.owner}: ${override.reason}`];
}

function matrixLines({ matrix }: DeployRecord, paint: Paint): string[] {
  return matrix.after === null ? [] : ["", ...matrixBetween(matrix.before, matrix.after, paint), ""];
}

/** Of interest only while names are missing. */
function dnsLines({ dnsRecords, verdict }: DeployRecord): string[] {
  if (dnsRecords.length === 0 || verdict === "pass") return [];
  return ["  records of the edge:", ...dnsRecords.map(({ name, type, data }) => `    ${name} ${type} ${data}`)];
}

function remedyLines({ remedies }: DeployRecord): string[] {
  return remedies.length === 0 ? [] : ["to mend what was left half done:", ...remedies.map((each) => `  ${each}`)];
}

function wayLines({ on, back, verdict, applies }: DeployRecord): string[] {
  return [
    ...(verdict === "pass" || on === null ? [] : [`to go on:   ${on}`]),
    ...(applies.length === 0 || back === null ? [] : [`to go back: ${back}`]),
  ];
}
