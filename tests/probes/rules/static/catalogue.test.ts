import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { STATIC_RULES } from "../../../../probes/rules/static/index.ts";
import { temporaryFolder } from "../../../support/edge-fixture.ts";
import {
  auditOf,
  expectedIn,
  foldersIn,
  ruleFixtures,
  synthesizedForm,
  whyHclOnly,
} from "../../../support/rule-fixtures.ts";
import type { Expected } from "../../../support/rule-fixtures.ts";

const RULES = "probes/rules/static";
const DOCS = readFileSync("docs/rules.md", "utf8");
const ids = STATIC_RULES.map(({ id }) => id).sort();
/** `<resource>/<rule>.ts` of every rule; files that several rules read with have names of their own beside them. */
const files = foldersIn(RULES).flatMap((resource) =>
  readdirSync(join(RULES, resource))
    .filter((name) => name !== "index.ts")
    .map((name) => join(RULES, resource, name)),
);
const fixtures = ruleFixtures();
const folders: { remove: () => void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

describe("the catalogue of static rules", () => {
  it("has no id twice", () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("holds every file among the rules, named after its id", () => {
    const idsInFiles = files.map((file) => /\bid: "([^"]+)"/.exec(readFileSync(file, "utf8"))?.[1]);
    expect(files.map((file) => file.replace(/^.*\/|\.ts$/g, "")).sort()).toEqual(idsInFiles.sort());
    expect(idsInFiles).toEqual(ids);
  });

  it("has a section in the documentation for each rule, with both examples", () => {
    const sections = new Map(DOCS.split(/^##+ /m).map((text) => [text.split("\n")[0]!, text]));
    expect(ids.filter((id) => !/Fails:[\s\S]*Passes:/.test(sections.get(id) ?? ""))).toEqual([]);
  });

  it("has a configuration that fails and one that passes for each rule, and none for another", () => {
    for (const outcome of ["fails", "passes"] as const) {
      const having = fixtures.filter((fixture) => fixture.outcome === outcome).map(({ id }) => id);
      expect([...new Set(having)].sort(), outcome).toEqual(ids);
    }
  });

  it("expects its own rule wherever a configuration is to fail", () => {
    for (const { id, outcome, path } of fixtures)
      expect(
        expectedIn(path).some(({ rule }) => rule === id),
        path,
      ).toBe(outcome === "fails");
  });
});

describe("static rules", () => {
  it.each(fixtures.map((fixture) => [fixture.path, fixture] as const))(
    "find in %s what is marked there, at its line, and nothing else",
    async (_, { path }) => {
      const { findings } = await auditOf(path);
      const found = findings.map(({ id, where: { file, line } }) => ({ rule: id, file, line }));
      expect(sorted(found)).toEqual(sorted(expectedIn(path)));
    },
  );

  it.each(fixtures.filter(({ path }) => whyHclOnly(path) === undefined).map((fixture) => [fixture.path] as const))(
    "find the same in %s as synthesized JSON, each with a place in it",
    async (path) => {
      const folder = temporaryFolder({});
      folders.push(folder);
      const { findings } = await auditOf(await synthesizedForm(path, folder.path), { contractIn: path });
      expect(findings.map(({ id }) => id).sort()).toEqual(
        expectedIn(path)
          .map(({ rule }) => rule)
          .sort(),
      );
      for (const { where } of findings) expect(where.line).toBeGreaterThan(0);
    },
  );
});

function sorted(all: readonly Expected[]): Expected[] {
  const key = ({ rule, file, line }: Expected): string => `${file} ${String(line).padStart(6, "0")} ${rule}`;
  return [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
