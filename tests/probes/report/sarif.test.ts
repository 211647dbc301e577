import { describe, expect, it } from "vitest";
import type { Result } from "../../../probes/facts/result.ts";
import { pageOf } from "../../../probes/explain/pages.ts";
import { renderSarif } from "../../../probes/report/sarif.ts";
import { aFinding } from "../../support/builders.ts";
import type { Json } from "../../support/reference.ts";
import { ACCEPTED, BROKEN, CONSTRUCT, CONTROL, HOSTILE_RESULT, PASSED, SILENT } from "../../support/reports.ts";
import { sarifFaults } from "../../support/sarif.ts";

const CWD = "/work/project";
const sarif = (result: Result): Json => JSON.parse(renderSarif(result, { cwd: CWD }));
const run = (result: Result): Json => sarif(result).runs[0];
const withFinding = (more: Parameters<typeof aFinding>[0]): Json =>
  run({ ...PASSED, findings: [aFinding(more)] }).results[0];

describe("renderSarif", () => {
  it.each(Object.entries({ PASSED, BROKEN, SILENT, ACCEPTED, HOSTILE_RESULT }))(
    "fits the public schema: %s",
    (_, result) => {
      expect(sarifFaults(sarif(result))).toEqual([]);
    },
  );

  it("names for each rule a page that it rests on, where there is one", () => {
    const log: Json = JSON.parse(renderSarif(BROKEN, { cwd: CWD, pageOf }));
    expect(sarifFaults(log)).toEqual([]);
    const { rules } = log.runs[0].tool.driver;
    expect(rules.find(({ id }: Json) => id === "header-unchanged").helpUri).toMatch(/^https:\/\/\S+$/);
    expect(run(BROKEN).tool.driver.rules[0].helpUri).toBeUndefined();
  });

  it("is held against a schema that refuses what is wrong", () => {
    const log = sarif(BROKEN);
    log.runs[0].results[0].level = "fatal";
    log.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
    expect(sarifFaults(log)).toHaveLength(2);
  });

  it("shows one fault once, at the TypeScript line, the synthesized line and the contract's beside it", () => {
    const { results } = run(BROKEN);
    expect(results).toHaveLength(1);
    const [{ ruleId, level, message, locations, relatedLocations }] = results;
    expect({ ruleId, level }).toEqual({ ruleId: "header-unchanged", level: "error" });
    expect(message.text).toMatch(/^Authorization: the header was stripped\. google_compute_url_map\.main removes/);
    expect(message.text).toMatch(/upgrade native \/ws.* Sent #[0-9a-f]{8} \(\d+ bytes\), arrived \(absent\)\.$/);
    expect(locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: CONSTRUCT.file, uriBaseId: "%SRCROOT%" },
      region: { startLine: CONSTRUCT.line },
    });
    expect(
      relatedLocations.map(({ physicalLocation: { artifactLocation, region }, message: { text } }: Json) => [
        artifactLocation.uri,
        region.startLine,
        text,
      ]),
    ).toEqual([
      ["cdktf.out/stacks/staging/cdk.tf.json", 41, "in the synthesized Terraform"],
      ["cdktf.out/stacks/staging/cdk.tf.json", 77, "sends the route here"],
      ["headgate.yaml", 10, "declared here"],
    ]);
  });

  it("has line and column of a finding, and the address as its logical place", () => {
    const [{ physicalLocation, logicalLocations }] = withFinding({}).locations;
    expect(physicalLocation.region).toEqual({ startLine: 12, startColumn: 34 });
    expect(logicalLocations[0].fullyQualifiedName).toMatch(/^google_compute_url_map\.main\.header_action\[0\]/);
  });

  it.each([
    ["infra/main.tf", "infra/main.tf", "%SRCROOT%"],
    ["./infra/main.tf", "infra/main.tf", "%SRCROOT%"],
    [`${CWD}/in fra/ä.tf`, "in%20fra/%C3%A4.tf", "%SRCROOT%"],
    ["infra\\main.tf", "infra/main.tf", "%SRCROOT%"],
    ["/elsewhere/main.tf", "file:///elsewhere/main.tf", undefined],
  ])("names %s as a URI from the root of the sources, where it is inside", (file, uri, uriBaseId) => {
    const [{ physicalLocation }] = withFinding({ where: { ...aFinding().where, file } }).locations;
    expect(physicalLocation.artifactLocation).toEqual({ uri, ...(uriBaseId !== undefined && { uriBaseId }) });
  });

  it("keeps its fingerprints when lines move, and not when the fault is another", () => {
    const print = (more: Parameters<typeof aFinding>[0]): string =>
      withFinding(more).partialFingerprints["headgate/v1"];
    expect(print({ where: { ...aFinding().where, line: 99, column: 1 } })).toBe(print({}));
    expect(print({ title: "another" })).not.toBe(print({}));
    expect(print({})).toMatch(/^[0-9a-f]{64}$/);
  });

  it("carries the whole text of each rule that speaks, since there is no page to link to", () => {
    const { rules } = run(BROKEN).tool.driver;
    const rule = rules.find(({ id }: Json) => id === "header-unchanged");
    expect(rule.help.markdown).toContain("**Fix**: Take the header out of the action that is named here");
    expect(rule.help.text).toContain("headgate explain header-unchanged");
    expect(rule.helpUri).toBeUndefined();
  });

  it("says of a run that could not look that it did not succeed, and why", () => {
    const [{ executionSuccessful, exitCode, toolExecutionNotifications }] = run(SILENT).invocations;
    expect({ executionSuccessful, exitCode }).toEqual({ executionSuccessful: false, exitCode: 3 });
    const errors = toolExecutionNotifications.filter(({ level }: Json) => level === "error");
    expect(errors.map(({ message }: Json) => message.text)).toEqual(SILENT.reasons);
    expect(run(PASSED).invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 0 });
    expect(run(BROKEN).invocations[0]).toMatchObject({ executionSuccessful: true, exitCode: 1 });
  });

  it("says what a rule could not look at, with its line", () => {
    const undecided = [{ id: "some-rule", reason: "is not known", where: aFinding().where }];
    const notifications = run({ ...PASSED, undecided }).invocations[0].toolExecutionNotifications;
    expect(notifications[0]).toMatchObject({
      level: "note",
      message: { text: "some-rule could not look: is not known" },
      locations: [{ physicalLocation: { region: { startLine: 12 } } }],
    });
  });

  it("suppresses what somebody accepts, with who and why, and nothing else", () => {
    const [failure, blocking, waived, known, warning] = run(ACCEPTED).results;
    const why = "waived by platform until 2031-03-31: until the client is gone";
    expect(failure.suppressions).toEqual([{ kind: "external", justification: why }]);
    expect(waived.suppressions).toEqual([{ kind: "inSource", justification: why }]);
    expect(known.suppressions).toEqual([{ kind: "external", justification: "stands in the baseline" }]);
    for (const { suppressions } of [blocking, warning]) expect(suppressions).toBeUndefined();
    expect(warning.level).toBe("warning");
  });

  it("holds no control character and no mark that turns text, written or as JSON reads it", () => {
    const text = renderSarif(HOSTILE_RESULT, { cwd: CWD });
    expect(text).not.toMatch(CONTROL);
    expect(JSON.stringify(JSON.parse(text))).not.toMatch(/\\u00[01]|\\r|\\u202e|\u202e/);
  });
});
