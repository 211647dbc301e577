import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audit } from "../../../../probes/rules/static/audit.ts";
import type { StaticRule, Subject } from "../../../../probes/rules/static/define-rule.ts";
import { STATIC_RULES } from "../../../../probes/rules/static/index.ts";
import { temporaryFolder } from "../../../support/edge-fixture.ts";
import { expectedIn, ruleFixtures, subjectsOf, synthesizedForm, whyHclOnly } from "../../../support/rule-fixtures.ts";

/** All rules in a soak, a sample of them otherwise. */
const every = process.env["HEADGATE_SOAK"] === undefined ? 9 : 1;
const sample = STATIC_RULES.filter((_, index) => index % every === 0);

interface Read {
  readonly path: string;
  readonly expected: readonly string[];
  readonly subjects: readonly Subject[];
}

let hcl: Read[];
let json: Read[];
const folder = temporaryFolder({});
beforeAll(async () => {
  const fixtures = ruleFixtures();
  const expected = (path: string): string[] =>
    expectedIn(path)
      .map(({ rule }) => rule)
      .sort();
  hcl = await Promise.all(
    fixtures.map(async ({ path }) => ({ path, expected: expected(path), subjects: await subjectsOf(path) })),
  );
  json = await Promise.all(
    fixtures
      .filter(({ path }) => whyHclOnly(path) === undefined)
      .map(async ({ path }) => {
        const form = await synthesizedForm(path, `${folder.path}/${path}`);
        return { path, expected: expected(path), subjects: await subjectsOf(form, path) };
      }),
  );
}, 120_000);
afterAll(() => folder.remove());

/** What a suite with these rules misses and finds too much, as ids. */
function faults(rules: readonly StaticRule[], read: readonly Read[]): { missed: string[]; tooMuch: string[] } {
  const all = read.map(({ expected, subjects }) => {
    const found = subjects.flatMap((subject) => audit(rules, subject).findings.map(({ id }) => id));
    return { missed: without(expected, found), tooMuch: without(found, expected) };
  });
  return { missed: all.flatMap(({ missed }) => missed), tooMuch: all.flatMap(({ tooMuch }) => tooMuch) };
}

function without(all: readonly string[], taken: readonly string[]): string[] {
  const left = [...taken];
  return all.filter((id) => {
    const at = left.indexOf(id);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

describe("a catalogue in which one rule is broken", () => {
  it("is green with all of them", () => {
    expect(faults(STATIC_RULES, hcl)).toEqual({ missed: [], tooMuch: [] });
    expect(faults(STATIC_RULES, json)).toEqual({ missed: [], tooMuch: [] });
  });

  it.each(sample.map((rule) => [rule.id, rule] as const))("is red for %s alone when that finds nothing", (id, rule) => {
    const rules = STATIC_RULES.map((each) => (each === rule ? { ...rule, check: () => [] } : each));
    for (const read of [hcl, json]) {
      const { missed, tooMuch } = faults(rules, read);
      expect(new Set(missed)).toEqual(new Set([id]));
      expect(tooMuch).toEqual([]);
    }
  });

  it.each(sample.map((rule) => [rule.id, rule] as const))(
    "is red for %s when that stops at its first finding",
    (id, rule) => {
      const wanted = hcl.some(({ expected }) => expected.filter((each) => each === id).length > 1);
      const rules = STATIC_RULES.map((each) =>
        each === rule ? { ...rule, check: (subject: Subject) => rule.check(subject).slice(0, 1) } : each,
      );
      const { missed } = faults(rules, hcl);
      if (wanted) expect(missed).toContain(id);
      expect(missed.every((each) => each === id)).toBe(true);
    },
  );
});
