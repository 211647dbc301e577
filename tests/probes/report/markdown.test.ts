import { describe, expect, it } from "vitest";
import type { Result } from "../../../probes/facts/result.ts";
import { renderMarkdown } from "../../../probes/report/markdown.ts";
import { aFinding } from "../../support/builders.ts";
import { ACCEPTED, BROKEN, CONTROL, HOSTILE_RESULT, PASSED, SILENT } from "../../support/reports.ts";

const markdown = (result: Result): string => renderMarkdown(result, { cwd: "/work/project" });
const lines = (result: Result): string[] => markdown(result).split("\n");
/** Cells of a row, as a reader of tables splits them: at each bar that no backslash stands before. */
const cells = (row: string): string[] => row.split(/(?<!\\)\|/).slice(1, -1);

describe("renderMarkdown", () => {
  it("shows the matrix: a table for each route, a row for each header", () => {
    const all = lines(PASSED);
    expect(all[0]).toBe("## headgate gate: pass");
    const from = all.indexOf("### api.staging.example.com /ws /ws/\\* → backend");
    expect(all.slice(from + 2, from + 4)).toEqual([
      "| header | arrives | HTTP | upgrade |",
      "| --- | --- | --- | --- |",
    ]);
    expect(all).toContain("| Authorization | unchanged | pass 6 | pass 3 |");
  });

  it("shows a failure with its line and its fix, and marks it in the matrix", () => {
    expect(lines(BROKEN)).toContain("| Authorization | unchanged | pass 6 | **FAIL 3/3** |");
    const row = lines(BROKEN).find((line) => line.startsWith("| header-unchanged |"))!;
    expect(row).toContain("Authorization: the header was stripped (sent \\#");
    expect(row).toContain("stacks/constructs/https-edge.ts:12");
    expect(row).toContain("Take the header out of the action that is named here");
  });

  it("says why a run could not look", () => {
    expect(lines(SILENT)[0]).toBe("## headgate gate: **could not look**");
    expect(lines(SILENT)).toContain(`- ${SILENT.reasons[0]!}`);
  });

  it("shows who accepts what, and why, in place of a fix", () => {
    expect(lines(ACCEPTED)).toContain("| Authorization | unchanged | pass 6 | *waived 3/3* |");
    const waived = lines(ACCEPTED).filter((line) => line.includes("waived by platform until 2031-03-31"));
    expect(waived).toHaveLength(2);
    expect(lines(ACCEPTED).filter((line) => line.includes("stands in the baseline"))).toHaveLength(1);
  });

  it("keeps words from outside text: no HTML, no mention, no link, no cell of their own, no line of their own", () => {
    const text = markdown(HOSTILE_RESULT);
    expect(text).not.toMatch(CONTROL);
    expect(text).not.toMatch(/[<>]|@everyone|https:\/\//);
    const rows = lines(HOSTILE_RESULT).filter(
      (line) => line.startsWith("| header-unchanged") || line.startsWith("| error"),
    );
    expect(rows.map((row) => cells(row).length)).toEqual([4, 5]);
  });

  it("shows the first hundred findings, and says how many more there are", () => {
    const findings = Array.from({ length: 130 }, (_, index) => aFinding({ title: `finding ${index}` }));
    const all = lines({ ...PASSED, findings });
    expect(all.filter((line) => line.startsWith("| error |"))).toHaveLength(100);
    expect(all).toContain("…and 30 more; the other formats hold them all.");
  });
});
