import { describe, expect, it } from "vitest";
import type { Remark } from "../../../probes/facts/waiver.ts";
import { inlineWaivers } from "../../../probes/waivers/inline.ts";
import { aCell, aFinding, anAct } from "../../support/builders.ts";

const AT = { file: "infra/main.tf", line: 11, column: 5 };
const remark = (text: string, more: Partial<Remark> = {}): Remark => ({ text, at: AT, from: 12, to: 14, ...more });
const faultsOf = (text: string): string | undefined => inlineWaivers([remark(text)]).findings[0]?.title;
const WHOLE = 'ignore some-rule reason="until the client is gone" owner=platform expires=2027-01-31';

describe("inlineWaivers", () => {
  it("reads rule, reason, owner and last day, in any order", () => {
    const { waivers, findings } = inlineWaivers([
      remark('ignore some-rule expires=2027-01-31 owner="the platform team" reason=soon'),
    ]);
    expect(findings).toEqual([]);
    expect(waivers).toMatchObject([
      { rule: "some-rule", reason: "soon", owner: "the platform team", expires: "2027-01-31", at: AT },
    ]);
  });

  it.each([
    ["ignore some-rule owner=o expires=2027-01-31", "it has no reason"],
    ['ignore some-rule reason="r" expires=2027-01-31', "it has no owner"],
    ['ignore some-rule reason="r" owner=o', "it has no expires"],
    ['ignore some-rule reason="  " owner=o expires=2027-01-31', "it has no reason"],
    ["ignore some-rule", "it has no reason; it has no owner; it has no expires"],
    ['ignore reason="r" owner=o expires=2027-01-31', "it names no rule"],
    ['ignore some-rule reason="r" owner=o expires=2027-02-30', "expires=2027-02-30 is no date; write YYYY-MM-DD"],
    ['ignore some-rule reason="r" owner=o expires=soon', "expires=soon is no date; write YYYY-MM-DD"],
    ['ignore some-rule reason="r" owner=o expires=2027-01-31 until=x', "until is none of reason, owner, expires"],
    [
      "ignore some-rule reason=too long owner=o expires=2027-01-31",
      "long belongs to nothing; a text with blanks needs quotes",
    ],
    ['ignore some-rule reason="r" reason="s" owner=o expires=2027-01-31', "reason is given twice"],
    ['skip some-rule reason="r" owner=o expires=2027-01-31', "headgate:skip says nothing; write headgate:ignore"],
  ])("accepts nothing by %s, and says what it lacks", (text, fault) => {
    const { waivers, findings } = inlineWaivers([remark(text)]);
    expect(waivers).toEqual([]);
    expect(findings).toMatchObject([{ id: "waiver-incomplete", severity: "warning", title: fault, where: AT }]);
  });

  it("accepts the one above", () => {
    expect(faultsOf(WHOLE)).toBeUndefined();
  });

  it.each([
    ["its first line", { line: 12 }, true],
    ["its last line", { line: 14 }, true],
    ["the line before", { line: 11 }, false],
    ["the line after", { line: 15 }, false],
    ["another file", { line: 12, file: "infra/other.tf" }, false],
  ])("covers what stands at its lines: %s", (_, place, expected) => {
    const [waiver] = inlineWaivers([remark(WHOLE)]).waivers;
    expect(waiver!.covers(aFinding({ where: { ...aFinding().where, ...place } }))).toBe(expected);
    expect(waiver!.covers(aCell({ by: [anAct({ file: "infra/main.tf", ...place })] }))).toBe(expected);
  });

  it("takes a module that is read twice for one", () => {
    expect(inlineWaivers([remark(WHOLE), remark(WHOLE)]).waivers).toHaveLength(1);
  });
});
