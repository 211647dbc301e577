import { describe, expect, it } from "vitest";
import type { Result } from "../../../probes/facts/result.ts";
import { renderJunit } from "../../../probes/report/junit.ts";
import { junitFaults, parseXml } from "../../support/junit-form.ts";
import type { XmlElement } from "../../support/junit-form.ts";
import { ACCEPTED, BROKEN, CONTROL, HOSTILE_RESULT, PASSED, SILENT } from "../../support/reports.ts";

const junit = (result: Result): XmlElement => parseXml(renderJunit(result, { cwd: "/work/project" }));
const cases = (result: Result): XmlElement[] =>
  junit(result).children.flatMap(({ children }) => children.filter(({ name }) => name === "testcase"));
const outcomes = (result: Result, kind: string): XmlElement[] =>
  cases(result).flatMap(({ children }) => children.filter(({ name }) => name === kind));
const ALL = Object.entries({ PASSED, BROKEN, SILENT, ACCEPTED, HOSTILE_RESULT });

describe("renderJunit", () => {
  it.each(ALL)("has the form of Ant's schema: %s", (_, result) => {
    expect(junitFaults(junit(result))).toEqual([]);
  });

  it("is held against a form that refuses what is wrong", () => {
    const text = renderJunit(BROKEN, { cwd: "/" });
    expect(junitFaults(parseXml(text.replaceAll(' classname="', ' class="')))).not.toEqual([]);
    expect(junitFaults(parseXml(text.replaceAll("<system-out/>", "")))).not.toEqual([]);
    expect(() => parseXml(text.replace("</testsuites>", ""))).toThrow();
    expect(() => parseXml(text.replace("headgate", "head&gate"))).toThrow();
  });

  it.each(ALL)("counts in each suite what stands in it: %s", (_, result) => {
    for (const { attributes, children } of junit(result).children) {
      const own = children.filter(({ name }) => name === "testcase");
      const count = (kind: string): string =>
        String(own.filter(({ children: inner }) => inner[0]?.name === kind).length);
      expect(attributes).toMatchObject({
        tests: String(own.length),
        failures: count("failure"),
        errors: count("error"),
        skipped: count("skipped"),
      });
    }
  });

  it("has one test for each check, each control and the verdict, and none that fails when all held", () => {
    expect(cases(PASSED)).toHaveLength(PASSED.cells.length + PASSED.controls.length + 1);
    expect([...outcomes(PASSED, "failure"), ...outcomes(PASSED, "error")]).toEqual([]);
  });

  it("fails each check that failed, with what was sent, what arrived and which line did it", () => {
    const failures = outcomes(BROKEN, "failure").filter(({ attributes }) => attributes["type"] === "header-unchanged");
    expect(failures).toHaveLength(BROKEN.counts.fail);
    expect(failures[0]!.attributes["message"]).toBe("Authorization: the header was stripped");
    expect(failures[0]!.text).toMatch(
      /^sent #[0-9a-f]{8} \(\d+ bytes\)\narrived \(absent\)\ndeclared headgate\.yaml:10:75\nby google_compute_url_map\.main .*cdk\.tf\.json:41:5\n/,
    );
  });

  it("has an error for a run that could not look, and no failure", () => {
    expect(outcomes(SILENT, "failure")).toEqual([]);
    const errors = outcomes(SILENT, "error");
    expect(errors.length).toBeGreaterThan(1);
    expect(errors.at(-1)!.attributes["message"]).toBe("inconclusive");
    expect(errors.at(-1)!.text).toContain(SILENT.reasons[0]);
  });

  it("skips what somebody accepts, with who and why, and what fails nothing", () => {
    const skipped = outcomes(ACCEPTED, "skipped").map(({ attributes }) => attributes["message"]);
    const waived =
      "Authorization: the header was stripped; waived by platform until 2031-03-31: until the client is gone";
    expect(skipped.filter((message) => message === waived)).toHaveLength(BROKEN.counts.fail);
    expect(skipped.slice(-3)).toEqual([
      "waived by platform until 2031-03-31: until the client is gone",
      "stands in the baseline",
      "warning",
    ]);
    expect(outcomes(ACCEPTED, "failure").map(({ attributes }) => attributes["type"])).toEqual([
      "url-map-removes-credential",
      "run",
    ]);
  });

  it("holds no control character, and nothing that XML cannot hold", () => {
    expect(renderJunit(HOSTILE_RESULT, { cwd: "/" })).not.toMatch(CONTROL);
    const [failure] = outcomes(HOSTILE_RESULT, "failure");
    expect(failure!.attributes["message"]).toContain("| a | <img src=x onerror=alert(1)> ]]> \" ' & `code`");
  });
});
