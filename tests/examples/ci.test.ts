import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { BUNDLE } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { sarifFaults } from "../support/sarif.ts";

const ACTION = ".github/actions/headgate/action.yml";
const BROKEN = "tests/fixtures/rules/url-map-removes-credential/fails";
const SOUND = "tests/fixtures/rules/url-map-removes-credential/passes";
const CASES = [
  ["a sound configuration", SOUND, 0],
  ["a broken one", BROKEN, 1],
  ["one that is not there", "", 2],
] as const;

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const read = (file: string): Json => parse(readFileSync(file, "utf8"));

/** A repository as the examples describe it: Terraform in infra/, headgate among its packages, installed already. */
function checkout(source: string): void {
  if (source !== "") cpSync(source, join(folder.path, "infra"), { recursive: true });
  const bin = join(folder.path, "node_modules", ".bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(BUNDLE, join(bin, "headgate"));
  writeFileSync(join(folder.path, "package.json"), '{ "name": "example", "version": "1.0.0" }\n');
}

function bash(script: string, env: Readonly<Record<string, string>>): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
    cwd: folder.path,
    encoding: "utf8",
    env: { ...process.env, CI: "true", GITHUB_STEP_SUMMARY: "", ...env },
    timeout: 60_000,
  });
  return { code: status, output: stdout + stderr };
}

function expectReport(code: number): void {
  const file = join(folder.path, "headgate.sarif");
  expect(existsSync(file)).toBe(code !== 2);
  if (code === 2) return;
  const log: Json = JSON.parse(readFileSync(file, "utf8"));
  expect(sarifFaults(log)).toEqual([]);
  expect(log.runs[0].invocations[0].exitCode).toBe(code);
}

describe("the GitHub Action", () => {
  const steps: Json[] = read(ACTION).runs.steps;
  const step = (name: string): Json => steps.find((each) => each.name === name);

  it("puts no input into the text of a script", () => {
    for (const { run = "" } of steps) expect(run).not.toContain("${{");
  });

  it("declares every input that it uses, and uses every one", () => {
    const text = readFileSync(ACTION, "utf8");
    const used = new Set([...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(read(ACTION).inputs).sort());
  });

  it.each(CASES)("ends with the code of the check and writes its report: %s", (_, source, code) => {
    checkout(source);
    const output = join(folder.path, "output");
    const env = {
      ...{
        ACTION_PATH: resolve(".github/actions/headgate"),
        SOURCE: "infra",
        CONTRACT: "",
        ENVIRONMENT: "",
        BASELINE: "",
      },
      ...{ FAIL_ON: "error", SARIF: "headgate.sarif", HEADGATE: "", GITHUB_OUTPUT: output },
    };
    const run = bash(step("Check the configuration").run, env);
    expect(run.code, run.output).toBe(0);
    expect(readFileSync(output, "utf8")).toBe(`exit-code=${code}\n${code === 2 ? "" : "sarif=headgate.sarif\n"}`);
    expectReport(code);
    if (code === 1)
      expect(run.output).toMatch(/^::error file=infra\/main\.tf,line=\d+,col=\d+,title=url-map-removes-credential::/m);
    expect(bash(step("Verdict").run, { CODE: String(code) }).code).toBe(code);
  });

  it("takes a command, a contract, a baseline and a severity that hold blanks or quotes for what they are", () => {
    checkout(SOUND);
    const env = {
      ...{ ACTION_PATH: "/nowhere", SOURCE: "infra", CONTRACT: 'no $(touch x) "file', ENVIRONMENT: "", BASELINE: "" },
      ...{
        FAIL_ON: "error",
        SARIF: "headgate.sarif",
        HEADGATE: "npx --no-install headgate",
        GITHUB_OUTPUT: join(folder.path, "o"),
      },
    };
    const run = bash(step("Check the configuration").run, env);
    expect(run.output).toContain('no $(touch x) "file');
    expect(readFileSync(join(folder.path, "o"), "utf8")).toBe("exit-code=2\n");
    expect(existsSync(join(folder.path, "x"))).toBe(false);
  });

  it("is what the example uses, with inputs that it has", () => {
    const uses = read("examples/ci/github.yml").jobs.check.steps.find((each: Json) => each.uses.includes("headgate"));
    expect(uses.uses).toMatch(/\/\.github\/actions\/headgate@/);
    for (const name of Object.keys(uses.with)) expect(read(ACTION).inputs).toHaveProperty(name);
  });
});

describe("the example for GitLab CI", () => {
  const job = read("examples/ci/gitlab-ci.yml").headgate;
  it.each(CASES)("ends with the code of the check and writes its reports: %s", (_, source, code) => {
    checkout(source);
    const run = bash(job.script.join("\n"), job.variables);
    expect(run.code, run.output).toBe(code);
    expectReport(code);
    expect(
      [...job.artifacts.paths, job.artifacts.reports.junit].map((file: string) => existsSync(join(folder.path, file))),
    ).toEqual([code !== 2, code !== 2]);
    expect(job.artifacts.when).toBe("always");
  });
});

describe("the example for Cloud Build", () => {
  const { steps, substitutions } = read("examples/ci/cloudbuild.yaml");
  /** As Cloud Build hands it on: a doubled mark is a plain one. The bucket of the upload does not exist here. */
  const script = (id: string): string =>
    steps
      .find((each: Json) => each.id === id)
      .args.at(-1)
      .replaceAll("$$", "$");

  it.each(CASES)("ends with the code of the check and writes its report: %s", (_, source, code) => {
    checkout(source);
    const check = bash(script("check"), substitutions);
    expect(check.code, check.output).toBe(0);
    expectReport(code);
    expect(bash(script("verdict"), substitutions).code).toBe(code);
    expect(bash(`bash -n <<'END'\n${script("upload")}\nEND`, substitutions).code).toBe(0);
  });

  it("uploads before it ends with the verdict", () => {
    expect(steps.map(({ id }: Json) => id)).toEqual(["install", "check", "upload", "verdict"]);
  });
});
