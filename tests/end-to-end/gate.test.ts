import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../probes/facts/result.ts";
import { headgate } from "../support/cli.ts";
import { expectPublished } from "../support/published-schema.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

function write(name: string, text: string): string {
  const file = join(folder.path, name);
  writeFileSync(file, text);
  return file;
}

describe("headgate gate on the reference system", () => {
  it("passes, and says how many routes, headers, requests and upgrades were really made", async () => {
    const { code, stdout, stderr } = await headgate(["gate", "--synth", referenceSynth()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      "5 routes, 7 headers: 72 HTTP requests and 36 upgrades made\n867 checks: 867 passed, 0 failed, 0 could not look; 61 of 61 controls held\n",
    );
    expect(stdout).toContain("pass  exit 0");
    expect(
      Math.max(
        ...stdout
          .split("\n")
          .filter((line) => !line.includes(referenceSynth()))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain("\u001b");
  });

  it("gives the same verdict and counts in every format, and a report that is valid against the published schema", async () => {
    const file = join(folder.path, "report.json");
    const { code, stdout } = await headgate([
      "gate",
      "--synth",
      referenceSynth(),
      "--format",
      "text",
      "--format",
      `json=${file}`,
    ]);
    const report = JSON.parse(readFileSync(file, "utf8")) as Result;
    expectPublished("report", report);
    expect({ code, exitCode: report.exitCode, verdict: report.verdict }).toEqual({
      code: 0,
      exitCode: 0,
      verdict: "pass",
    });
    expect(stdout).toContain(`${report.counts.pass} passed, ${report.counts.fail} failed`);
    expect(report.counts).toMatchObject({
      routes: 5,
      headers: 7,
      httpRequests: 72,
      upgrades: 36,
      fail: 0,
      inconclusive: 0,
    });
    expect(report.coverage.every(({ witnessed, attempted }) => witnessed > 0 && witnessed === attempted)).toBe(true);
    expect(report.coverage).toHaveLength(24);
  });

  it("runs main.ts itself, and prints the phases with --timings", async () => {
    const { code, stdout } = await headgate(["gate", "--timings"], { env: { CDKTF_OUTDIR: join(folder.path, "out") } });
    expect(code).toBe(0);
    for (const phase of ["contract", "synth", "model", "probe"])
      expect(stdout).toMatch(new RegExp(`^${phase} +\\d+ ms$`, "m"));
    expect(existsSync(join(folder.path, "out", "manifest.json"))).toBe(true);
  });

  it("does not fail on a header value that is not evaluated, as long as no pattern is held against it", async () => {
    const directory = plantedSynth(folder.path, (terraform) => {
      routingMap(terraform).path_matcher[0].route_rules[0].header_action.request_headers_to_add.push({
        header_name: "X-Other",
        header_value: "${var.x}",
        replace: true,
      });
    });
    expect((await headgate(["gate", "--synth", directory])).code).toBe(0);
  });
});

describe("what the configuration leaves open", () => {
  it("blocks with the attribute and its place when the model has never heard of it", async () => {
    const directory = plantedSynth(
      folder.path,
      (terraform) => (routingMap(terraform).path_matcher[0].route_rules[0].novel_action = { a: 1 }),
    );
    const { code, stdout } = await headgate(["gate", "--synth", directory, "--format", "json"]);
    const { reasons } = JSON.parse(stdout) as Result;
    expect(code).toBe(3);
    expect(reasons.join()).toContain("novel_action");
    expect(reasons.join()).toMatch(/cdk\.tf\.json:\d+:\d+/);
  });

  it("fails, not blocks, when every reading of an open question breaks the contract", async () => {
    const directory = plantedSynth(folder.path, (terraform) => {
      const { header_action } = routingMap(terraform).path_matcher[0].route_rules[0];
      header_action.request_headers_to_add.push({
        header_name: "Authorization",
        header_value: "Bearer other",
        replace: false,
      });
    });
    const { code, stdout } = await headgate(["gate", "--synth", directory]);
    expect(code).toBe(1);
    expect(stdout).toContain("replace-false-literal");
  });

  it("blocks when one reading passes and another does not", async () => {
    const directory = plantedSynth(folder.path, (terraform) => {
      routingMap(terraform).header_action.response_headers_to_remove = ["Sec-WebSocket-Protocol"];
    });
    const { code, stdout } = await headgate(["gate", "--synth", directory]);
    expect(code).toBe(3);
    expect(stdout).toContain("depends on actions-on-101");
  });

  it("blocks with the candidates when a declared service is not in the configuration", async () => {
    const directory = plantedSynth(folder.path, (terraform) => {
      for (const service of Object.values(
        terraform.resource.google_cloud_run_v2_service as Record<string, { labels: object }>,
      ))
        service.labels = {};
    });
    const { code, stdout } = await headgate(["gate", "--synth", directory]);
    expect(code).toBe(3);
    expect(stdout).toContain("service backend is not in the");
  });
});

describe("input that cannot be used", () => {
  it.each([
    ["an empty contract", "", "headgate.yaml:1:1  the contract is empty"],
    [
      "a typo in the contract",
      "version: 1\nnmae: reference\n",
      'headgate.yaml:2:1  nmae: unknown key\n    value  "nmae"\n    try    name',
    ],
  ])("ends 2 on %s, with the place and what would be right", async (_, text, message) => {
    write("headgate.yaml", text);
    const { code, stdout, stderr } = await headgate(["gate"], { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it.each([
    [["gate", "--contract", "nope.yaml"], "nope.yaml:1:1  no such file"],
    [["gate", "--env", "stagin", "--synth", "x"], undefined],
    [
      ["gate", "--format", "jsn"],
      "unknown format jsn; did you mean json? (valid: text, json, junit, sarif, github, markdown, html)",
    ],
    [["gatee"], "(Did you mean gate?)"],
    [["gate", "--timeout", "0"], "give a number of seconds above 0"],
    [["probe", "--live", "--emulate", "x"], "--live and --emulate exclude each other"],
    [["probe", "--live", "ftp://x"], "--live ftp://x is not an address to connect to"],
    [["probe", "--live", "http://127.0.0.1:1"], "set HEADGATE_KEY"],
  ])("ends 2 on %j, and says why", async (args, message) => {
    const { code, stderr } = await headgate(args, { env: { HEADGATE_KEY: "" } });
    expect(code).toBe(2);
    if (message !== undefined) expect(stderr).toContain(message);
  });

  it("ends 2 on a key that opens no witness", async () => {
    const env = { HEADGATE_KEY: "fifteen-letters" };
    const { code, stderr } = await headgate(["probe", "--live", "http://127.0.0.1:1"], { env });
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toContain("HEADGATE_KEY is shorter than 16 characters");
    expect(stderr).not.toContain("fifteen-letters");
  });

  it("ends 2 without a manifest: what a failed synth left behind is not looked at", async () => {
    const directory = plantedSynth(folder.path, (terraform) => (terraform.terraform.note = 1));
    rmSync(join(directory, "manifest.json"));
    const { code, stderr } = await headgate(["gate", "--synth", directory]);
    expect(code).toBe(2);
    expect(stderr).toContain("manifest.json  no such file: the folder holds no finished synth");
  });

  it("ends 2 when synth fails, shows its words, and leaves no manifest behind", async () => {
    const project = join(folder.path, "project");
    mkdirSync(join(project, "cdktf.out"), { recursive: true });
    mkdirSync(join(project, "node_modules"));
    writeFileSync(join(project, "cdktf.out", "manifest.json"), "{}");
    writeFileSync(join(project, "main.ts"), 'throw new Error("no provider today");\n');
    writeFileSync(join(project, "headgate.yaml"), readFileSync("headgate.yaml"));
    const { code, stderr } = await headgate(["gate"], { cwd: project });
    expect(code).toBe(2);
    expect(stderr).toMatch(/tsx is not installed here|no provider today/);
    expect(stderr).not.toContain("internal error");
  });
});
