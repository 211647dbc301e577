import { describe, expect, it } from "vitest";
import { applyWaivers } from "../../../probes/waivers/apply.ts";
import type { Judged } from "../../../probes/waivers/apply.ts";
import { contractWaivers } from "../../../probes/waivers/waiver.ts";
import type { Waiver } from "../../../probes/waivers/waiver.ts";
import { FILE, aCell, aFinding, contractOf, REFERENCE } from "../../support/builders.ts";

const TODAY = "2027-03-31";
const FAILED = aCell({ state: "fail", reason: "the header was stripped" });
const HEADERS = contractOf(REFERENCE).headers;

function waiver(more: Record<string, string> = {}): Waiver {
  const at = { file: FILE, line: 70, column: 5 };
  const whole = { rule: "header-unchanged", target: "*", reason: "r", owner: "o", expires: TODAY, ...more };
  return contractWaivers({ headers: HEADERS, waivers: [{ ...whole, at, ruleAt: at }] })[0]!;
}

const apply = (judged: Partial<Judged>, waivers: readonly Waiver[], today = TODAY): Judged =>
  applyWaivers({ cells: [], findings: [], ...judged }, waivers, {
    today,
    rules: new Set(["header-unchanged", "url-map-removes-credential"]),
  });

describe("applyWaivers to a failed check", () => {
  it("marks it with who accepts it, until when and why, and leaves its state", () => {
    const { cells, findings } = apply({ cells: [FAILED] }, [waiver()]);
    expect(cells).toEqual([
      { ...FAILED, waived: { reason: "r", owner: "o", expires: TODAY, at: { file: FILE, line: 70, column: 5 } } },
    ]);
    expect(findings).toEqual([]);
  });

  it.each([
    ["the route", FAILED.route, true],
    ["the host", FAILED.host, true],
    ["the header by name", "AUTHORIZATION", true],
    ["the header by its id in the contract", "authorization", true],
    ["another header", "Cookie", false],
    ["a part of the route", "api.${domain}", false],
    ["a name that every object has", "constructor", false],
  ])("is meant by %s: %s", (_, target, isMeant) => {
    const { cells } = apply({ cells: [FAILED] }, [waiver({ target })]);
    expect(cells[0]!.waived !== undefined).toBe(isMeant);
  });

  it("is not meant by a waiver of another rule", () => {
    expect(apply({ cells: [FAILED] }, [waiver({ rule: "header-never" })]).cells).toEqual([FAILED]);
  });

  it("waives what failed and nothing else: nobody accepts what could not be looked at", () => {
    const others = (["pass", "inconclusive", "not-applicable", "closed-by-design"] as const).map((state) =>
      aCell({ state, reason: "x" }),
    );
    expect(apply({ cells: others }, [waiver()]).cells).toEqual(others);
  });
});

describe("applyWaivers to a finding", () => {
  const inModule = aFinding({
    where: { ...aFinding().where, address: 'module.edge["a"].google_compute_url_map.main' },
  });
  const construct = { path: "staging/edge/map", file: "main.ts", line: 3 };
  const made = aFinding({ where: { ...aFinding().where, construct } });

  it.each([
    ["everything", "*", aFinding(), true],
    ["its resource", "google_compute_url_map.main", aFinding(), true],
    ["a block of it", "google_compute_url_map.main.header_action[0]", aFinding(), true],
    ["another block of it", "google_compute_url_map.main.header_action[1]", aFinding(), false],
    ["a resource whose name begins alike", "google_compute_url_map.mai", aFinding(), false],
    ["its module", "module.edge", inModule, true],
    ["another module that begins alike", "module.ed", inModule, false],
    ["its construct", "staging/edge", made, true],
    ["a construct that begins alike", "staging/ed", made, false],
  ])("is meant by %s: %s", (_, target, finding, isMeant) => {
    const { findings } = apply({ findings: [finding] }, [waiver({ rule: finding.id, target })]);
    expect(findings[0]!.waived !== undefined).toBe(isMeant);
  });
});

describe("applyWaivers to waivers themselves", () => {
  it("lets one hold on its last day, and says the day after that it no longer does", () => {
    expect(apply({ cells: [FAILED] }, [waiver()], "2027-03-31").cells[0]!.waived).toBeDefined();
    const { cells, findings } = apply({ cells: [FAILED] }, [waiver()], "2027-04-01");
    expect(cells).toEqual([FAILED]);
    expect(findings).toMatchObject([
      {
        id: "waiver-expired",
        severity: "warning",
        title: "the waiver of header-unchanged held until 2027-03-31; its owner is o",
        where: { address: "waivers[0]", file: FILE, line: 70, column: 5 },
      },
    ]);
  });

  it("says of one that accepts nothing that it is not needed", () => {
    expect(apply({ cells: [aCell()] }, [waiver()]).findings).toMatchObject([
      { id: "waiver-unused", title: "the waiver of header-unchanged accepts nothing" },
    ]);
  });

  it("says nothing of one whose rule did not run, or could not look", () => {
    expect(apply({}, [waiver({ rule: "header-never" })]).findings).toEqual([]);
    expect(apply({ cells: [aCell({ state: "inconclusive" })] }, [waiver()]).findings).toEqual([]);
  });

  it("waives no finding on a waiver", () => {
    const unused = aFinding({ id: "waiver-unused", severity: "warning" });
    expect(apply({ findings: [unused] }, [waiver({ rule: "waiver-unused" })]).findings[0]!.waived).toBeUndefined();
  });

  it("counts every waiver that covers something as used", () => {
    expect(apply({ cells: [FAILED] }, [waiver(), waiver({ target: FAILED.route })]).findings).toEqual([]);
  });
});
