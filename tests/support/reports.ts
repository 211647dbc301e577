import { withoutHeader } from "../../http/header-list.ts";
import type { Attempt } from "../../probes/facts/case.ts";
import type { Observation } from "../../probes/facts/observation.ts";
import type { Result } from "../../probes/facts/result.ts";
import { aFinding, aWaived, anAct, faithful, resultOf } from "./builders.ts";

/** Where a construct of these results stands in TypeScript. */
export const CONSTRUCT = { path: "staging/edge", file: "stacks/constructs/https-edge.ts", line: 12 };

/** Everything held. */
export const PASSED = resultOf();

/** `Authorization` is dropped on upgrades, by a line that a construct made. */
export const BROKEN = ((): Result => {
  const result = resultOf((attempt, contract) => {
    const observation = faithful(attempt, contract);
    const { witness } = observation;
    if (attempt.case.protocol !== "websocket" || witness === undefined) return observation;
    return { ...observation, witness: { ...witness, headers: withoutHeader(witness.headers, "Authorization") } };
  });
  const by = [anAct({ fact: "U2", construct: CONSTRUCT }), anAct({ line: 77, effect: "sends the route here" })];
  return { ...result, cells: result.cells.map((cell) => (cell.state === "fail" ? { ...cell, by } : cell)) };
})();

/** Nobody answered. */
export const SILENT = resultOf((attempt: Attempt): Observation => ({
  caseId: attempt.case.id,
  secure: true,
  failure: { phase: "connect", message: "connection refused" },
  durationMs: 1,
}));

/** The failure is waived, and so is one finding; another stands in the baseline, one is a warning, one blocks. */
export const ACCEPTED: Result = {
  ...BROKEN,
  verdict: "contract-broken",
  exitCode: 1,
  cells: BROKEN.cells.map((cell) => (cell.state === "fail" ? { ...cell, waived: aWaived() } : cell)),
  findings: [
    aFinding({ blocks: true }),
    aFinding({ title: "removes Cookie", waived: aWaived({ at: { file: "infra/main.tf", line: 11, column: 3 } }) }),
    aFinding({ title: "removes Origin", known: true }),
    aFinding({ id: "waiver-unused", severity: "warning", title: "the waiver of x accepts nothing" }),
  ],
};

/** Words from outside that try to be something else. */
export const HOSTILE =
  "\u001b[2J\r\n::error::forged\n| a | <img src=x onerror=alert(1)> ]]> \" ' & `code` @everyone https://evil.example.com \u009b1m\u202e\ud800\uffff";

/** Every word of a broken run that could come from a service or a configuration is hostile. */
export const HOSTILE_RESULT: Result = {
  ...BROKEN,
  cells: BROKEN.cells.map((cell) =>
    cell.state === "fail"
      ? { ...cell, reason: HOSTILE, path: HOSTILE, by: [anAct({ effect: HOSTILE, file: HOSTILE, address: HOSTILE })] }
      : cell,
  ),
  findings: [aFinding({ title: HOSTILE, fix: HOSTILE, blocks: true, waived: aWaived({ reason: HOSTILE }) })],
  reasons: [HOSTILE],
};

/** Control characters but line feeds, and marks that turn text around. */
export const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
