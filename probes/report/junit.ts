import type { Finding } from "../facts/finding.ts";
import type { Cell, Control } from "../facts/result.ts";
import { routeTitle } from "./matrix-rows.ts";
import { harmlessDeep } from "./paint.ts";
import { acceptance, fileFrom, fingerprintsText, whatFailed } from "./reported.ts";
import type { ReportOptions, Reported } from "./reported.ts";
import { element, xmlText } from "./xml.ts";

interface TestCase {
  readonly name: string;
  /** Rule, or what else was asked. */
  readonly classname: string;
  /** Undefined: it passed. */
  readonly outcome?: {
    readonly kind: "failure" | "error" | "skipped";
    readonly message: string;
    readonly detail?: string;
  };
}

/**
 * JUnit XML, in the form of Ant's schema, the strictest of those that are read: a suite for each environment with a test
 * for each check, one for controls, one for findings, one for the run. What could not be looked at is an error.
 */
export function renderJunit(raw: Reported, { cwd }: ReportOptions): string {
  const reported = harmlessDeep(raw);
  const environments = [...new Set(reported.cells.map(({ env }) => env))];
  const suites: [string, TestCase[]][] = [
    ...environments.map((env): [string, TestCase[]] => [
      env,
      reported.cells.filter((cell) => cell.env === env).map((cell) => cellCase(cell, cwd)),
    ]),
    ["controls", reported.controls.map(controlCase)],
    ["findings", reported.findings.map((finding) => findingCase(finding, cwd))],
    ["run", [runCase(reported)]],
  ];
  const filled = suites.filter(([, cases]) => cases.length > 0);
  const written = filled.map(([name, cases], id) => suite(name, cases, id, reported));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", {}, ["\n", ...written])}`;
}

function suite(name: string, cases: readonly TestCase[], id: number, { run, verdict, exitCode }: Reported): string {
  const count = (kind: string): number => cases.filter(({ outcome }) => outcome?.kind === kind).length;
  const property = (key: string, value: string): string => element("property", { name: key, value });
  return element(
    "testsuite",
    {
      package: "headgate",
      id,
      name: `headgate ${run.verb} ${name}`,
      // Without a time zone, as the schema wants it: UTC.
      timestamp: run.startedAt.slice(0, 19),
      hostname: "localhost",
      tests: cases.length,
      failures: count("failure"),
      errors: count("error"),
      skipped: count("skipped"),
      time: (run.durationMs / 1000).toFixed(3),
    },
    [
      "\n",
      element("properties", {}, [
        "\n",
        property("tool", run.tool),
        property("configuration", `${run.configuration.kind} ${run.configuration.at}`),
        property("verdict", verdict),
        property("exit code", String(exitCode)),
      ]),
      ...cases.map(testCase),
      element("system-out", {}),
      element("system-err", {}),
    ],
  );
}

function testCase({ name, classname, outcome }: TestCase): string {
  const attributes = { name, classname, time: "0" };
  if (outcome === undefined) return element("testcase", attributes);
  const { kind, message, detail } = outcome;
  const inside =
    kind === "skipped"
      ? element(kind, { message })
      : element(kind, { message, type: classname }, detail === undefined ? [] : [xmlText(detail)]);
  return element("testcase", attributes, [inside]);
}

function cellCase(cell: Cell, cwd: string): TestCase {
  const { protocol, client, path, header, rule } = cell;
  const kind = protocol === "websocket" ? "upgrade" : "HTTP";
  const name = [routeTitle(cell), kind, client, path, header ?? ""].join(" ");
  const outcome = cellOutcome(cell, cwd);
  return { name, classname: rule, ...(outcome !== undefined && { outcome }) };
}

function cellOutcome(cell: Cell, cwd: string): TestCase["outcome"] {
  const { state, reason = state, consequenceOf, header, sent, arrived, by, declaredAt } = cell;
  if (state === "pass") return undefined;
  const accepted = acceptance(cell);
  if (accepted !== undefined) return { kind: "skipped", message: `${whatFailed(cell)}; ${accepted}` };
  if (state === "inconclusive" && consequenceOf === undefined) return { kind: "error", message: reason };
  if (state !== "fail")
    return { kind: "skipped", message: `${state === "inconclusive" ? "hidden by a failure: " : ""}${reason}` };
  const lines = [
    ...(header === null ? [] : [`sent ${fingerprintsText(sent)}`, `arrived ${fingerprintsText(arrived)}`]),
    `declared ${fileFrom(declaredAt.file, cwd)}:${declaredAt.line}:${declaredAt.column}`,
    ...by.map(
      (act) => `by ${act.address} ${act.attribute}: ${act.effect} ${fileFrom(act.file, cwd)}:${act.line}:${act.column}`,
    ),
  ];
  return { kind: "failure", message: whatFailed(cell), detail: lines.join("\n") };
}

function controlCase({ id, env, state, reason = state }: Control): TestCase {
  const name = `${env} ${id}`;
  return state === "pass"
    ? { name, classname: "control" }
    : { name, classname: "control", outcome: { kind: "error", message: reason } };
}

/** A finding that fails nothing is no failure here either: a reader of this file must come to the same verdict. */
function findingCase(finding: Finding, cwd: string): TestCase {
  const { id, severity, title, where, fix, blocks } = finding;
  const at = `${fileFrom(where.file, cwd)}:${where.line}:${where.column}`;
  const name = `${at} ${title}`;
  if (blocks === true)
    return { name, classname: id, outcome: { kind: "failure", message: title, detail: `${at}\n${fix}` } };
  return { name, classname: id, outcome: { kind: "skipped", message: acceptance(finding) ?? severity } };
}

function runCase({ verdict, reasons }: Reported): TestCase {
  const outcome =
    verdict === "pass"
      ? undefined
      : ({
          kind: verdict === "contract-broken" ? "failure" : "error",
          message: verdict,
          detail: reasons.join("\n"),
        } as const);
  return { name: "verdict", classname: "run", ...(outcome !== undefined && { outcome }) };
}
