import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { auditStacks } from "../../../../probes/pipeline/audit-stacks.ts";
import { buildEdges } from "../../../../probes/model/build.ts";
import { STATIC_RULES } from "../../../../probes/rules/static/index.ts";
import { readSource } from "../../../../probes/terraform/read-source.ts";

const RULES = "probes/rules/static";
const FIXTURES = "tests/fixtures/rules";
const DOCS = readFileSync("docs/rules.md", "utf8");
const ids = STATIC_RULES.map(({ id }) => id).sort();
const folders = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : [];
/** `<resource>/<rule>.ts` of every rule; files that several rules read with have names of their own beside them. */
const files = folders(RULES).flatMap((resource) =>
  readdirSync(join(RULES, resource))
    .filter((name) => name !== "index.ts")
    .map((name) => join(RULES, resource, name)),
);
/** A fixture is the folder itself, or each folder in it. */
const fixtures = folders(FIXTURES).flatMap((id) =>
  (["fails", "passes"] as const).flatMap((outcome) => {
    const folder = join(FIXTURES, id, outcome);
    const inner = folders(folder).map((name) => join(folder, name));
    const own = existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".tf")) ? [folder] : [];
    return [...own, ...inner].map((path) => ({ id, outcome, path }));
  }),
);

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
    const sections = new Map(DOCS.split(/^## /m).map((text) => [text.split("\n")[0]!, text]));
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
        expected(path).some(({ rule }) => rule === id),
        path,
      ).toBe(outcome === "fails");
  });
});

describe("static rules", () => {
  it.each(fixtures.map((fixture) => [fixture.path, fixture] as const))(
    "find in %s what is marked there, at its line, and nothing else",
    async (_, { path }) => {
      const { graphs } = await readSource(path);
      const { findings } = auditStacks(graphs.map((graph) => ({ graph, edges: buildEdges(graph) })));
      const found = findings.map(({ id, where: { file, line } }) => ({ rule: id, file, line }));
      expect(sorted(found)).toEqual(sorted(expected(path)));
    },
  );
});

interface Expected {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** Marks `# expect: RULE`, several with commas between, on the lines of a configuration. */
function expected(folder: string): Expected[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".tf"));
  return names.flatMap((name) => {
    const file = join(folder, name);
    return readFileSync(file, "utf8")
      .split("\n")
      .flatMap((text, index) => {
        const rules = /# expect: (.*)$/.exec(text)?.[1]?.split(",") ?? [];
        return rules.map((rule) => ({ rule: rule.trim(), file, line: index + 1 }));
      });
  });
}

function sorted(all: readonly Expected[]): Expected[] {
  const key = ({ rule, file, line }: Expected): string => `${file} ${String(line).padStart(6, "0")} ${rule}`;
  return [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
