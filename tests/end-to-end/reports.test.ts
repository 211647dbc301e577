import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import { junitFaults, parseXml } from "../support/junit-form.ts";
import type { Json } from "../support/reference.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";
import { sarifFaults } from "../support/sarif.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const FORMATS = ["text", "json", "junit", "sarif", "github", "markdown", "html"] as const;
const removing = (value: unknown): string =>
  plantedSynth(folder.path, (terraform) => {
    const action = routingMap(terraform).header_action;
    action.request_headers_to_remove = value ?? [...action.request_headers_to_remove, "Authorization"];
  });
const SOURCES = {
  "a pass": () => referenceSynth(),
  "a broken contract": () => removing(undefined),
  "a run that could not look": () => removing("${var.removed}"),
};
const CODES = { "a pass": 0, "a broken contract": 1, "a run that could not look": 3 } as const;

const read = (name: string): string => readFileSync(join(folder.path, name), "utf8");

describe.each(["gate", "check"] as const)("headgate %s in every format", (verb) => {
  const args = (source: string): string[] =>
    verb === "gate" ? ["gate", "--synth", source] : ["check", source, "--contract", "headgate.yaml"];

  it.each(Object.keys(CODES) as (keyof typeof CODES)[])("writes all of them in one run: %s", async (name) => {
    const files = FORMATS.flatMap((format) => ["--format", `${format}=${join(folder.path, format)}`]);
    const { code, stdout } = await headgate([...args(SOURCES[name]()), ...files]);
    expect({ code, stdout }).toEqual({ code: CODES[name], stdout: "" });
    const { verdict, exitCode }: Json = JSON.parse(read("json"));
    expect(exitCode).toBe(code);
    const log: Json = JSON.parse(read("sarif"));
    expect(sarifFaults(log)).toEqual([]);
    expect(log.runs[0].invocations[0]).toMatchObject({ exitCode: code, exitCodeDescription: verdict });
    const junit = parseXml(read("junit"));
    expect(junitFaults(junit)).toEqual([]);
    const failing = junit.children.filter(
      ({ attributes }) => `${attributes["failures"]} ${attributes["errors"]}` !== "0 0",
    );
    expect(failing.length > 0).toBe(code !== 0);
    expect(read("github")).toContain(`::${verdict}, exit ${code}`);
    expect(read("markdown")).toContain(`exit ${code}`);
    expect(read("html")).toContain(`; exit ${code}</p>`);
    expect(read("text")).toMatch(new RegExp(`exit ${code}\\n$`));
  });

  it.each(FORMATS)("ends with the same code when it prints %s alone", async (format) => {
    const { code, stdout } = await headgate([...args(SOURCES["a broken contract"]()), "--format", format]);
    expect(code).toBe(1);
    expect(stdout.length).toBeGreaterThan(100);
  });
});

describe("--format github", () => {
  it("adds to the summary of the step what stands on the page of the run, and takes nothing away", async () => {
    const summary = join(folder.path, "summary.md");
    writeFileSync(summary, "of another step\n");
    const env = { GITHUB_STEP_SUMMARY: summary };
    const { code, stdout } = await headgate(["check", SOURCES["a broken contract"](), "--format", "github"], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=stacks\/constructs\/[\w-]+\.ts,line=\d+,title=header-unchanged::/);
    expect(readFileSync(summary, "utf8")).toMatch(/^of another step\n## headgate check: \*\*FAIL\*\*\n/);
  });
});

describe("headgate check without a contract", () => {
  it("gives its findings in every format", async () => {
    const source = SOURCES["a broken contract"]();
    const files = FORMATS.flatMap((format) => ["--format", `${format}=${join(folder.path, format)}`]);
    const { code } = await headgate(["check", source, "--env", "staging", ...files], { cwd: folder.path });
    expect(code).toBe(1);
    const [result]: Json = JSON.parse(read("sarif")).runs[0].results;
    expect(result).toMatchObject({
      ruleId: "url-map-removes-credential",
      locations: [{ physicalLocation: { artifactLocation: { uri: expect.stringMatching(/^stacks\/.*\.ts$/) } } }],
      relatedLocations: [{ physicalLocation: { artifactLocation: { uri: "cdktf.out/stacks/staging/cdk.tf.json" } } }],
    });
    expect(junitFaults(parseXml(read("junit")))).toEqual([]);
    expect(read("github")).toContain("::error file=stacks/");
    expect(read("markdown")).toContain("| error | url-map-removes-credential |");
  });
});

describe("outputs", () => {
  it("refuses a format that does not exist, and two that would go to one place", async () => {
    const unknown = await headgate(["check", referenceSynth(), "--format", "sariff"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("unknown format sariff; did you mean sarif?");
    const two = await headgate(["check", referenceSynth(), "--format", "sarif", "--format", "junit"]);
    expect(two.code).toBe(2);
    expect(two.stderr).toContain("only one format can go to standard output");
  });

  it("cannot write where nothing can be written: 2, and never a pass", async () => {
    const file = join(folder.path, "missing", "out.sarif");
    const { code, stderr } = await headgate(["check", referenceSynth(), "--format", `sarif=${file}`]);
    expect(code).toBe(2);
    expect(stderr).toContain(`cannot write ${file}`);
    expect(existsSync(file)).toBe(false);
  });
});

describe("headgate explain", () => {
  it("explains a rule, and helps with a slip", async () => {
    const { code, stdout } = await headgate(["explain", "header-unchanged"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^header-unchanged\nA header declared `unchanged` arrives byte for byte\.\n/);
    const slip = await headgate(["explain", "header-unchangd"]);
    expect(slip.code).toBe(2);
    expect(slip.stderr).toContain("did you mean header-unchanged?");
  });

  it("gives the same as JSON", async () => {
    const { stdout } = await headgate(["explain", "U2", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ schema: "headgate-explanation/1", kind: "fact", id: "U2" });
  });
});
