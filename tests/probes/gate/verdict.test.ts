import { describe, expect, it } from "vitest";
import { EXIT_CODE, blocksAt, decide } from "../../../probes/gate/verdict.ts";
import type { Decision, Evidence } from "../../../probes/gate/verdict.ts";
import type { Control, Counts, RouteCoverage } from "../../../probes/facts/result.ts";
import { FILE, HELD, aCell, aFinding } from "../../support/builders.ts";

const COUNTS: Counts = {
  environments: 1,
  routes: 1,
  headers: 1,
  httpRequests: 1,
  upgrades: 1,
  pass: 1,
  fail: 0,
  waived: 0,
  inconclusive: 0,
  consequences: 0,
  notApplicable: 0,
};
const TRIED: RouteCoverage = {
  env: "staging",
  route: "api.${domain} /ws",
  form: "/ws",
  protocol: "websocket",
  witnessed: 1,
  attempted: 1,
  at: { file: FILE, line: 35, column: 13 },
};
const PASSED = aCell();
const FAILED = aCell({ id: "failed", state: "fail", reason: "the header was stripped" });
const OPEN = aCell({ id: "open", state: "inconclusive", reason: "deadline" });
const HIDDEN = aCell({ id: "hidden", state: "inconclusive", reason: "not reached", consequenceOf: "failed" });
const control = (state: Control["state"], reason?: string): Control => ({
  ...HELD[0]!,
  state,
  ...(reason !== undefined && { reason }),
});

function verdict(more: Omit<Partial<Evidence>, "counts"> & { counts?: Partial<Counts> } = {}): Decision {
  const evidence = { cells: [PASSED], controls: HELD, coverage: [TRIED], ...more };
  return decide({ ...evidence, counts: { ...COUNTS, ...more.counts } });
}

describe("EXIT_CODE", () => {
  it("is the closed set that is published", () => {
    expect(EXIT_CODE).toEqual({ pass: 0, "contract-broken": 1, usage: 2, inconclusive: 3, internal: 4 });
  });
});

describe("decide", () => {
  it("passes when everything was looked at and held", () => {
    expect(verdict()).toEqual({ verdict: "pass", exitCode: 0, reasons: [] });
  });

  it("says that the contract is broken for one failed check, and how many there were", () => {
    expect(verdict({ cells: [PASSED, FAILED], counts: { pass: 1, fail: 1 } })).toEqual({
      verdict: "contract-broken",
      exitCode: 1,
      reasons: ["1 of 2 checks failed"],
    });
  });

  it("does not count what a failure hides: it goes with that failure", () => {
    expect(verdict({ cells: [FAILED, HIDDEN], counts: { pass: 0, fail: 1, consequences: 1 } })).toEqual({
      verdict: "contract-broken",
      exitCode: 1,
      reasons: ["1 of 1 checks failed"],
    });
  });

  it("lets a check that is closed by design, or does not apply, stand aside", () => {
    const aside = [aCell({ state: "closed-by-design" }), aCell({ state: "not-applicable" })];
    expect(verdict({ cells: [PASSED, ...aside] }).exitCode).toBe(0);
  });

  for (const [what, more, reason] of [
    ["a check could not look", { cells: [PASSED, OPEN] }, "1 check could not look: deadline"],
    [
      "several checks could not look, for one reason",
      { cells: [OPEN, PASSED, OPEN] },
      "2 checks could not look: deadline",
    ],
    [
      "a check could not look and gives no reason",
      { cells: [PASSED, aCell({ state: "inconclusive" })] },
      "1 check could not look: no reason given",
    ],
    ["no control was run", { controls: [] }, "no control was run, so the probe itself is not proved"],
    [
      "a control failed",
      { controls: [HELD[1]!, control("fail", "not shown")] },
      "controls did not hold (positive websocket witness): not shown",
    ],
    [
      "a control could not look",
      { controls: [control("inconclusive", "unreachable")] },
      "controls did not hold (positive websocket witness): unreachable",
    ],
    [
      "no request was answered",
      { counts: { httpRequests: 0, upgrades: 0 } },
      "no request was answered: nothing was looked at",
    ],
    ["no check applied", { cells: [], counts: { pass: 0 } }, "no check applied: nothing was proved"],
    [
      "nothing but what does not apply was left",
      { cells: [aCell({ state: "not-applicable" })], counts: { pass: 0, notApplicable: 1 } },
      "no check applied: nothing was proved",
    ],
    [
      "a route was never tried",
      { coverage: [TRIED, { ...TRIED, form: "/ws/*", attempted: 0, witnessed: 0 }] },
      "route api.${domain} /ws was never tried at /ws/*",
    ],
    ["the run ended early", { endedEarly: "the run's deadline passed" }, "the run's deadline passed"],
  ] as readonly (readonly [string, Parameters<typeof verdict>[0], string])[]) {
    it(`is inconclusive when ${what}`, () => {
      expect(verdict(more)).toEqual({ verdict: "inconclusive", exitCode: 3, reasons: [reason] });
    });
  }

  for (const [what, more] of [
    ["a check could not look", { cells: [FAILED, OPEN] }],
    ["a control failed", { controls: [control("fail")] }],
    ["no control was run", { controls: [] }],
    ["a route was never tried", { coverage: [{ ...TRIED, attempted: 0 }] }],
    ["the run ended early", { endedEarly: "the run was interrupted" }],
  ] as readonly (readonly [string, Partial<Evidence>])[]) {
    it(`lets blindness outrank a failure: ${what}`, () => {
      expect(verdict({ cells: [PASSED, FAILED], ...more, counts: { fail: 1 } }).exitCode).toBe(3);
    });
  }

  it("says once that nothing was looked at, and not of each route", () => {
    const coverage = ["/ws", "/ws/*"].map((form) => ({ ...TRIED, form, attempted: 0, witnessed: 0 }));
    expect(verdict({ coverage, counts: { httpRequests: 0, upgrades: 0 } }).reasons).toEqual([
      "no request was answered: nothing was looked at",
    ]);
  });

  it("names a form once, whatever protocols it was not tried with", () => {
    const untried = { ...TRIED, form: "/ws/*", attempted: 0, witnessed: 0 };
    const coverage = [TRIED, untried, { ...untried, protocol: "http" as const }];
    expect(verdict({ coverage }).reasons).toEqual(["route api.${domain} /ws was never tried at /ws/*"]);
  });

  it("is satisfied with a request that was tried and not witnessed: its cells speak for it", () => {
    expect(verdict({ cells: [FAILED], coverage: [{ ...TRIED, witnessed: 0 }], counts: { fail: 1 } }).exitCode).toBe(1);
  });

  it("is satisfied with requests of one protocol", () => {
    expect(verdict({ counts: { httpRequests: 1, upgrades: 0 } }).exitCode).toBe(0);
    expect(verdict({ counts: { httpRequests: 0, upgrades: 1 } }).exitCode).toBe(0);
  });

  it("says every reason, the end of the run first", () => {
    expect(verdict({ controls: [], cells: [OPEN], endedEarly: "the run was interrupted" }).reasons).toEqual([
      "the run was interrupted",
      "no control was run, so the probe itself is not proved",
      "1 check could not look: deadline",
    ]);
  });
});

describe("blocksAt", () => {
  const cause = { id: "url-map-removes-credential", where: aFinding().where };
  it("marks what is severe enough, accepted by nobody, and no consequence of something else", () => {
    const blocks = (failOn: Parameters<typeof blocksAt>[0], more: Parameters<typeof aFinding>[0]): boolean =>
      blocksAt(failOn)(aFinding(more)).blocks === true;
    expect(blocks("error", {})).toBe(true);
    expect(blocks("undecided", {})).toBe(true);
    expect(blocks("never", {})).toBe(false);
    expect(blocks("error", { severity: "warning" })).toBe(false);
    expect(blocks("warning", { severity: "warning" })).toBe(true);
    expect(blocks("note", { consequenceOf: cause })).toBe(false);
  });
});

describe("rules that could not look", () => {
  const undecided = [{ id: "a", reason: "is not known", where: aFinding().where }];
  it("make a run inconclusive where that is asked for", () => {
    expect(verdict({ undecided })).toMatchObject({ exitCode: 3, reasons: ["1 rule could not look: is not known"] });
  });
});
