import { describe, expect, it } from "vitest";
import { withoutHeader } from "../../../http/header-list.ts";
import type { Attempt } from "../../../probes/facts/case.ts";
import type { Observation } from "../../../probes/facts/observation.ts";
import type { Result } from "../../../probes/facts/result.ts";
import { renderText } from "../../../probes/report/text.ts";
import { aCell, anAct, faithful, resultOf } from "../../support/builders.ts";

const PLAIN = { colour: false, timings: false };
const plain = (result: Result): string[] => renderText(result, PLAIN).split("\n");
const section = (lines: readonly string[], title: string): string[] => {
  const from = lines.findIndex((line) => line.startsWith(title));
  expect(from).not.toBe(-1);
  const length = lines.slice(from).indexOf("");
  return lines.slice(from, length === -1 ? undefined : from + length);
};

/** A faithful edge but for one header, which it drops on upgrades. */
const DROPPING = resultOf((attempt, contract) => {
  const observation = faithful(attempt, contract);
  const { witness } = observation;
  if (attempt.case.protocol !== "websocket" || witness === undefined) return observation;
  return { ...observation, witness: { ...witness, headers: withoutHeader(witness.headers, "Authorization") } };
});

/** An edge that refuses every upgrade itself. */
const REFUSING = resultOf((attempt, contract) => {
  const { witness: _, ...rest } = faithful(attempt, contract);
  if (attempt.case.protocol !== "websocket") return faithful(attempt, contract);
  return { ...rest, response: { status: 403, headers: [], body: "" } };
});

const SILENT = resultOf((attempt: Attempt): Observation => ({
  caseId: attempt.case.id,
  secure: true,
  failure: { phase: "connect", message: "connection refused" },
  durationMs: 1,
}));

describe("renderText of a pass", () => {
  const result = resultOf();
  const lines = plain(result);

  it("is about a result that really passed", () => {
    expect(result.verdict).toBe("pass");
  });

  it("keeps every line within 80 columns", () => {
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("holds no escape code and no control character without colour", () => {
    expect(renderText(result, PLAIN)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("says the same with colour, once the codes are taken out", () => {
    const painted = renderText(result, { colour: true, timings: false });
    expect(painted).toContain("\u001b[32mpass\u001b[0m");
    const bare = painted.replace(/\u001b\[[\d;]*m/g, "");
    expect(bare.split("\n").map((line) => line.trimEnd())).toEqual(lines.map((line) => line.trimEnd()));
  });

  it("shows a route with its service, and each header on both protocols", () => {
    expect(section(lines, "api.staging.example.com /ws /ws/*")).toEqual([
      "api.staging.example.com /ws /ws/*  → backend",
      "  (certificate names the host)                    pass 8      pass 12",
      "  (reaches the service)                           pass 8      pass 11",
      "  (host as asked for)                             pass 8      pass 12",
      "  (origin as the browser sent it)                 pass 3      pass 3",
      "  (every subprotocol arrives)                     -           pass 12",
      "  (subprotocol answered)                          -           pass 12",
      "  (token never echoed)                            pass 8      pass 12",
      "  (hop-by-hop headers end here)                   pass 2      pass 2",
      "  (identity cannot be forged)                     pass 4      pass 4",
      "  (credential of twice the size)                  -           pass 1",
      "  Authorization                       unchanged   pass 6      pass 3",
      "  Sec-WebSocket-Protocol              unchanged   pass 3      pass 6",
      "  Cookie                              unchanged   pass 6      pass 6",
      "  X-Request-Source                    set         pass 6      pass 3",
      "  X-E2E-Bypass                        never       pass 6      pass 3",
      "  X-User-Id                           never       pass 6      pass 3",
    ]);
  });

  it("says what was made, what held and what was not looked at, then the verdict", () => {
    expect(lines.slice(-5)).toEqual([
      "5 routes, 7 headers: 24 HTTP requests and 12 upgrades made",
      `${result.counts.pass} checks: ${result.counts.pass} passed, 0 failed, 0 could not look; 2 of 2 controls held`,
      "not looked at: lifetime of 1 route: no socket is held open",
      "pass  exit 0",
      "",
    ]);
  });

  it("shows no failure and no open question", () => {
    expect(lines.filter((line) => /FAIL|COULD NOT LOOK|OPEN QUESTIONS/.test(line))).toEqual([]);
  });

  it("shows timings only where they are asked for", () => {
    const timed = { ...result, timings: [{ phase: "probe", ms: 12.4 }] };
    expect(renderText(timed, { colour: false, timings: true })).toContain("\nprobe         12 ms\n");
    expect(renderText(timed, PLAIN)).toBe(renderText(result, PLAIN));
  });
});

describe("renderText of a broken contract", () => {
  it("says what failed, where, what was sent and arrived, what was declared and what to do", () => {
    const first = DROPPING.cells.find(({ state }) => state === "fail")!;
    const lines = section(plain(DROPPING), "FAIL");
    const [{ hash, bytes } = { hash: "", bytes: 0 }] = first.sent;
    expect(lines.map((line) => line.trim())).toEqual([
      "FAIL header-unchanged  Authorization: the header was stripped",
      "route     api.staging.example.com /ws /ws/*",
      "upgrade native: /ws /ws/ /ws/<nonce>",
      `sent      #${hash} (${bytes} bytes)`,
      "arrived   (absent) at service backend (backend-00001), 101",
      "expected  unchanged   headgate.yaml:10:75",
      // The same credential in twice its size.
      "hides     1 check that cannot be told beside it",
      "fix       Take the header out of the action that is named here; nothing needs",
      "to be added, it passes by itself.",
    ]);
  });

  it("shows alike failures once", () => {
    expect(DROPPING.counts.fail).toBe(3);
    expect(plain(DROPPING).filter((line) => line.startsWith("FAIL"))).toHaveLength(1);
  });

  it("shows in the matrix how many of how many failed", () => {
    expect(plain(DROPPING)).toContain("  Authorization                       unchanged   pass 6      FAIL 3/3");
  });

  it("names the configuration that did it, with both its places", () => {
    const construct = { path: "staging/edge", file: "stacks/constructs/https-edge.ts", line: 12 };
    const by = [anAct({ fact: "U2", construct }), anAct({ attribute: "", effect: "replaces the client's value" })];
    const cells = DROPPING.cells.map((cell) => (cell.state === "fail" ? { ...cell, by } : cell));
    expect(section(plain({ ...DROPPING, cells }), "FAIL").slice(6, 14)).toEqual([
      "  by        removes Authorization (U2)",
      "            google_compute_url_map.main",
      "            header_action.request_headers_to_remove",
      "            cdktf.out/stacks/staging/cdk.tf.json:41:5",
      "            stacks/constructs/https-edge.ts:12",
      "  after     replaces the client's value",
      "            google_compute_url_map.main",
      "            cdktf.out/stacks/staging/cdk.tf.json:41:5",
    ]);
  });

  it("says who answered in place of the service, and how many checks that hides", () => {
    const hidden = REFUSING.cells.filter(({ consequenceOf }) => consequenceOf !== undefined).length;
    const lines = section(plain(REFUSING), "FAIL");
    expect(lines).toContain("  answered  403, without a service's report");
    expect(lines).toContain("  expected  service backend   headgate.yaml:35:13");
    expect(lines).toContain(`  hides     ${hidden} checks that cannot be told beside it`);
  });

  it("shows in the matrix what a failure hides as unseen, not as open", () => {
    expect(plain(REFUSING)).toContain("  Authorization                       unchanged   pass 6      unseen 3/3");
  });

  it("ends with the verdict and its exit code", () => {
    expect(plain(DROPPING).at(-2)).toBe("CONTRACT BROKEN  exit 1");
  });

  it("keeps every line within 80 columns", () => {
    expect(plain(DROPPING).filter((line) => line.length > 80)).toEqual([]);
  });
});

describe("renderText of a run that could not look", () => {
  it("says why, and that nothing was decided", () => {
    expect(section(plain(SILENT), "COULD NOT LOOK")).toContain(
      "  because   no request was answered: nothing was looked at",
    );
    expect(plain(SILENT).at(-2)).toBe("INCONCLUSIVE  exit 3");
  });

  it("shows in the matrix what is open", () => {
    expect(plain(SILENT)).toContain("  Authorization                       unchanged   open 6/6    open 3/3");
  });

  it("says the open question on which an answer depends, and no other", () => {
    const asked = aCell({ state: "inconclusive", reason: "depends on first-question, which Google does not document" });
    const assumptions = ["first-question: is it so? (Q1)", "second-question: or so? (Q2)"];
    const text = renderText({ ...resultOf(), cells: [asked], assumptions }, PLAIN);
    expect(text).toContain("question  first-question: is it so? (Q1)");
    expect(text).not.toContain("second-question");
  });
});

describe("renderText of words from outside", () => {
  it("shows control characters as \\xNN and sends none", () => {
    const hostile = "\u001b[2J\u0007\r\nforged line\u009b1m";
    const result: Result = {
      ...DROPPING,
      cells: DROPPING.cells.map((cell) => ({
        ...cell,
        reason: hostile,
        answeredBy: { service: hostile, revision: hostile, status: 200 },
        by: [anAct({ effect: hostile, file: hostile })],
      })),
    };
    const text = renderText(result, PLAIN);
    expect(text).toContain("\\x1b[2J\\x07\\x0d\\x0aforged line\\x9b1m");
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(plain(result).filter((line) => line.startsWith("forged line"))).toEqual([]);
  });
});
