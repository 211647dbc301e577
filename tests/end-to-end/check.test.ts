import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const withoutAuthorization = (): string =>
  plantedSynth(folder.path, (terraform) =>
    routingMap(terraform).header_action.request_headers_to_remove.push("Authorization"),
  );

describe("headgate check with a contract", () => {
  beforeEach(() => copyFileSync("headgate.yaml", join(folder.path, "headgate.yaml")));

  it("proves the reference system, and says that nothing was sent", async () => {
    const { code, stdout, stderr } = await headgate(["check", referenceSynth()], { cwd: folder.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("72 HTTP requests and 36 upgrades traced, none sent\n867 checks: 867 passed");
    expect(stdout).toMatch(/^headgate check .* model from /);
  });

  it("fails on what breaks, with the responsible line", async () => {
    const { code, stdout } = await headgate(["check", withoutAuthorization()], { cwd: folder.path });
    expect(code).toBe(1);
    expect(stdout).toContain("FAIL header-unchanged  Authorization: the header was stripped");
    expect(stdout).toMatch(/by {8}removes it at the URL map \(U2\)/);
    expect(stdout).toMatch(/cdk\.tf\.json:\d+:\d+/);
  });

  it("cannot look where a value that decides is not known, and names it", async () => {
    const directory = plantedSynth(folder.path, (terraform) => {
      routingMap(terraform).header_action.request_headers_to_remove = "${var.removed}";
    });
    const { code, stdout } = await headgate(["check", directory], { cwd: folder.path });
    expect(code).toBe(3);
    expect(stdout).toContain("variable removed is not declared");
  });

  it("refuses a contract that is not there, and an environment that is not declared", async () => {
    const missing = await headgate(["check", referenceSynth(), "--contract", "other.yaml"], { cwd: folder.path });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("other.yaml:1:1  no such file");
    const stranger = await headgate(["check", referenceSynth(), "--env", "stagin"], { cwd: folder.path });
    expect(stranger.code).toBe(2);
    expect(stranger.stderr).toContain("did you mean staging?");
  });
});

describe("headgate check without a contract", () => {
  it("says per host and path which credentials arrive, decides nothing, and stays within 80 columns", async () => {
    const { code, stdout } = await headgate(["check", referenceSynth(), "--env", "staging"], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^api\.staging\.example\.com\n {2}\/ws +arrives +arrives +arrives +-\n {4}→ \S+\n {4}upgrade +arrives +arrives +arrives +arrives$/m,
    );
    const long = stdout.split("\n").filter((line) => line.length > 80 && !line.includes(referenceSynth()));
    expect(long).toEqual([]);
  });

  it("shows what is taken away, and by which line", async () => {
    const { code, stdout } = await headgate(["check", withoutAuthorization(), "--env", "staging"], {
      cwd: folder.path,
    });
    expect(code).toBe(1);
    expect(stdout).toContain("ERROR url-map-removes-credential");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^1 error.* FINDINGS {2}exit 1$/);
    expect(stdout).toMatch(/^ {2}\/ws +REMOVED +arrives/m);
    expect(stdout.replace(/\n {4}/g, " ")).toMatch(
      /authorization: removes it at the URL map \(.*request_headers_to_remove\[2\], .*cdk\.tf\.json:\d+:\d+\)/,
    );
  });

  it("gives the same as JSON", async () => {
    const file = join(folder.path, "survey.json");
    const args = ["check", withoutAuthorization(), "--env", "staging", "--format", "json", "--out", file];
    expect((await headgate(args, { cwd: folder.path })).code).toBe(1);
    const { default: survey } = (await import(file, { with: { type: "json" } })) as { default: object };
    expect(survey).toMatchObject({
      schema: "headgate-survey/1",
      stacks: [{ env: "staging" }],
      findings: [{ id: "url-map-removes-credential", severity: "error" }],
    });
    writeFileSync(file, "");
  });
});
