import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ABILITY_OF, ROOMS } from "./import-table.ts";
import type { Room, RoomName } from "./import-table.ts";
import { closure, readSources } from "./source-graph.ts";

const sources = readSources(process.cwd());
const rooms = Object.entries(ROOMS) as [RoomName, Room][];

function roomOf(path: string): RoomName {
  const found = rooms.filter(([, { files }]) =>
    files.some((prefix) => path === prefix || (prefix.endsWith("/") && path.startsWith(prefix))),
  );
  if (found.length !== 1) throw new Error(`${path} stands in ${found.length} rooms`);
  return found[0]![0];
}

describe("the house", () => {
  it("has every file in exactly one room", () => {
    expect(sources.size).toBeGreaterThan(60);
    for (const path of sources.keys()) expect(() => roomOf(path)).not.toThrow();
  });

  it.each(rooms)(
    "%s reaches nothing, even through others, that its row does not list",
    (name, { mayImport, because }) => {
      const allowed = new Set<string>([name, ...mayImport]);
      const own = [...sources.keys()].filter((path) => roomOf(path) === name);
      expect(own.length).toBeGreaterThan(0);
      const reached = own.flatMap((path) =>
        [...closure(path, sources)]
          .filter((target) => !allowed.has(roomOf(target)))
          .map((target) => `${path} → ${target}`),
      );
      expect(reached, because).toEqual([]);
    },
  );

  it.each(rooms)("%s uses no ability of its own beyond those listed", (name, { abilities = [] }) => {
    const own = [...sources.values()].filter(({ path }) => roomOf(path) === name);
    const used = own.flatMap(({ path, packages }) =>
      packages.flatMap((each) => (ABILITY_OF[each] === undefined ? [] : [{ path, ability: ABILITY_OF[each] }])),
    );
    expect(used.filter(({ ability }) => !abilities.includes(ability))).toEqual([]);
  });

  it.each(["http", "facts", "plan", "model", "rules", "attribution", "gate", "report"] as const)(
    "%s is pure: no file it reaches opens a file, a socket or a process",
    (name) => {
      const own = [...sources.keys()].filter((path) => roomOf(path) === name);
      const reached = new Set(own.flatMap((path) => [path, ...closure(path, sources)]));
      const impure = [...reached].filter((path) =>
        sources.get(path)!.packages.some((each) => ABILITY_OF[each] !== undefined),
      );
      expect(impure).toEqual([]);
    },
  );

  it("keeps stacks and probes apart in both directions", () => {
    for (const path of sources.keys()) {
      const reached = [...closure(path, sources)];
      if (path.startsWith("stacks/")) expect(reached.filter((target) => target.startsWith("probes/"))).toEqual([]);
      if (path.startsWith("probes/")) expect(reached.filter((target) => target.startsWith("stacks/"))).toEqual([]);
    }
  });

  it("has no import cycle", () => {
    expect([...sources.keys()].filter((path) => closure(path, sources).has(path))).toEqual([]);
  });

  it("has no file that neither a verb nor synth nor the exported constructs nor a script reaches", () => {
    const reports = ["schema", "deploy-schema", "drift-schema", "plan-schema"];
    const scripts = ["contract/schema.ts", ...reports.map((name) => `probes/report/${name}.ts`)];
    const reached = new Set(
      ["main.ts", "probes/cli.ts", "stacks/index.ts", ...scripts].flatMap((entry) => [
        entry,
        ...closure(entry, sources),
      ]),
    );
    expect([...sources.keys()].filter((path) => !reached.has(path))).toEqual([]);
  });

  it("touches the process in the command line's wiring and in the root of synth only", () => {
    const users = [...sources.values()].filter(({ text }) => usesProcess(text)).map(({ path }) => path);
    expect(users.sort()).toEqual(["main.ts", "probes/cli.ts"]);
  });

  it("holds types only among the facts", () => {
    const facts = [...sources.values()].filter(({ path }) => roomOf(path) === "facts");
    for (const { path, text } of facts) {
      const output = ts.transpileModule(text, {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
      }).outputText;
      expect(
        output
          .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
          .trim()
          .replace("export {};", ""),
        path,
      ).toBe("");
    }
  });

  it("imports the provider by resource, never whole", () => {
    const specifiers = [...sources.values()].flatMap(({ text }) =>
      ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName),
    );
    const ofProvider = specifiers.filter((specifier) => specifier.startsWith("@cdktf/provider-google"));
    expect(ofProvider.length).toBeGreaterThan(5);
    for (const specifier of ofProvider)
      expect(specifier).toMatch(/^@cdktf\/provider-google\/lib\/[a-z0-9-]+\/index\.js$/);
  });

  it("keeps the root of synth under 30 lines, rules under 80, files under 300", () => {
    const lines = (path: string): number => sources.get(path)!.lines;
    expect(lines("main.ts")).toBeLessThan(30);
    for (const path of sources.keys())
      expect(lines(path), path).toBeLessThan(path.startsWith("probes/rules/observed/") ? 80 : 300);
  });

  it("names every rule's file after its id", () => {
    const files = readdirSync("probes/rules/observed").filter((name) => name !== "index.ts");
    for (const file of files)
      expect(readFileSync(`probes/rules/observed/${file}`, "utf8")).toContain(`id: "${file.replace(".ts", "")}"`);
  });
});

describe("the repository", () => {
  it("speaks of itself alone", () => {
    const tracked = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
      .split("\0")
      .filter((file) => file !== "" && file !== "package-lock.json");
    const foreign = /\.\.\/shared|\bissue #?\d|\bclaude\b|\bchatgpt\b|\bcopilot\b/i;
    const own = "tests/architecture/architecture.test.ts";
    expect(tracked.filter((file) => file !== own && foreign.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});

describe("the second reading of the facts", () => {
  const own = readSources(process.cwd(), ["tests/support"]);
  const reached = ["tests/support/oracle/ask.ts", ...closure("tests/support/oracle/ask.ts", own)];

  it("shares no code with the first, so that no mistake stands on both sides", () => {
    expect(reached.length).toBeGreaterThan(12);
    expect(reached.filter((path) => !path.startsWith("tests/support/oracle/"))).toEqual([]);
  });

  it("takes nothing from packages, and needs no file, socket or process", () => {
    expect(reached.flatMap((path) => own.get(path)!.packages)).toEqual([]);
  });
});

function usesProcess(text: string): boolean {
  const file = ts.createSourceFile("x.ts", text, ts.ScriptTarget.ES2022, true);
  let found = false;
  const visit = (node: ts.Node): void => {
    const isName = ts.isIdentifier(node) && node.text === "process";
    const isProperty =
      ts.isPropertyAccessExpression(node.parent ?? node) && (node.parent as ts.PropertyAccessExpression).name === node;
    if (isName && !isProperty) found = true;
    node.forEachChild(visit);
  };
  file.forEachChild(visit);
  return found;
}
