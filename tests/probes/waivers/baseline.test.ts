import { describe, expect, it } from "vitest";
import type { Finding } from "../../../probes/facts/finding.ts";
import type { Baseline } from "../../../probes/facts/waiver.ts";
import { applyBaseline, readBaseline, writeBaseline } from "../../../probes/waivers/baseline.ts";
import { aFinding, aWaived } from "../../support/builders.ts";

const FILE = "accepted.json";
const written = (findings: readonly Finding[]): Baseline => readBaseline(writeBaseline(findings), FILE) as Baseline;
const moved = (finding: Finding): Finding => ({ ...finding, where: { ...finding.where, line: 99, column: 1 } });

describe("a baseline", () => {
  it("knows the findings that it was written from, wherever their lines went", () => {
    expect(applyBaseline([moved(aFinding())], written([aFinding()]))).toEqual([{ ...moved(aFinding()), known: true }]);
  });

  it.each([
    ["of another rule", { id: "another-rule" }],
    ["at another resource", { where: { ...aFinding().where, address: "google_compute_url_map.other" } }],
    ["at another attribute", { where: { ...aFinding().where, attribute: "header_action[1]" } }],
    ["with other words", { title: "removes Cookie" }],
  ])("does not know a finding %s", (_, more) => {
    const [finding] = applyBaseline([aFinding(more)], written([aFinding()]));
    expect(finding!.known).toBeUndefined();
  });

  it("holds neither what is waived nor what is said of waivers", () => {
    const findings = [aFinding({ waived: aWaived() }), aFinding({ id: "waiver-unused" })];
    expect(written(findings).findings).toEqual([]);
    expect(applyBaseline(findings, "new")).toEqual(findings);
  });

  it("accepts at once what it is written from", () => {
    expect(applyBaseline([aFinding()], "new")).toEqual([{ ...aFinding(), known: true }]);
  });

  it("says as a note, at its own line, which of its entries no longer occurs", () => {
    const [, gone] = applyBaseline([aFinding()], written([aFinding(), aFinding({ title: "removes Cookie" })]));
    expect(gone).toMatchObject({ id: "baseline-gone", severity: "note", where: { file: FILE } });
    expect(gone!.title).toContain("removes Cookie");
    const line = writeBaseline([aFinding(), aFinding({ title: "removes Cookie" })]).split("\n")[gone!.where.line - 1];
    expect(line!.slice(gone!.where.column - 1)).toBe("{");
    expect(gone!.where.line).toBeGreaterThan(4);
  });

  it("is the same file whatever the order of its findings, each of them once", () => {
    const all = [aFinding(), aFinding({ title: "removes Cookie" }), aFinding({ title: "removes Origin" })];
    expect(writeBaseline([...all, ...all].reverse())).toBe(writeBaseline(all));
  });

  it.each([
    ["no JSON", "{", "is not valid JSON"],
    ["another document", '{"schema":"headgate-report/1","findings":[]}', "is no headgate-baseline/1 file: schema"],
    ["an unknown key", '{"schema":"headgate-baseline/1","findings":[],"x":1}', "is no headgate-baseline/1 file"],
    ["an entry without a rule", '{"schema":"headgate-baseline/1","findings":[{}]}', "findings.0.rule"],
  ])("is refused as %s", (_, text, fault) => {
    expect(readBaseline(text, FILE)).toMatchObject({ fault: expect.stringContaining(fault) as string });
  });
});
