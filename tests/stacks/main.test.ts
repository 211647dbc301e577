import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { run } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { runServiceOf, temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { SYSTEM, synthesize } from "./synthesize.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
  write("headgate.yaml", SYSTEM);
});
afterEach(() => folder.remove());

const write = (file: string, text: string): void => writeFileSync(join(folder.path, file), text);

/** Runs `main.ts` with a contract of its own folder. */
function main(...args: string[]): Promise<CliRun> {
  return run(process.execPath, ["--import", "tsx", "main.ts", ...args], {
    env: { HEADGATE_CONTRACT: join(folder.path, "headgate.yaml"), CDKTF_OUTDIR: join(folder.path, "out") },
  });
}

const output = (file: string): string => readFileSync(join(folder.path, "out/stacks", file), "utf8");
const imageOf = (service: string): string =>
  runServiceOf(JSON.parse(output("trial/cdk.tf.json")), service).template.containers[0].image as string;
const image = (digit: string): string => `registry.example.com/built@sha256:${digit.repeat(64)}`;

it("takes images from images.json before the contract, and from --image before both", async () => {
  write("images.json", JSON.stringify({ api: image("a"), web: image("b") }));
  const { code, stderr } = await main("--image", `web=${image("c")}`);
  expect(code, stderr).toBe(0);
  expect(imageOf("api")).toBe(image("a"));
  expect(imageOf("web")).toBe(image("c"));
});

it("ends 2 and says where, for an image of a service that is not declared", async () => {
  const { code, stderr } = await main("--image", `wep=${image("c")}`);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^--image:1:1 {2}.*no such service in the contract/);
  expect(stderr).toContain("web");
  expect(existsSync(join(folder.path, "out/stacks/trial/cdk.tf.json"))).toBe(false);
});

it("builds each environment from the release beside the contract, and writes the candidate beside the stack", async () => {
  const { candidate } = synthesize(SYSTEM, "live");
  const release = { schema: "headgate-release/1", environments: { live: { live: candidate, kept: [] } } };
  write("release.json", JSON.stringify(release));
  const { code, stderr } = await main("--image", `api=${image("a")}`);
  expect(code, stderr).toBe(0);
  expect(stderr).toBe("");
  const terraform: Json = JSON.parse(output("live/cdk.tf.json"));
  expect(terraform.output.generations.value).toEqual(candidate!.generations);
  const next = JSON.parse(output("live/candidate.json")) as NonNullable<typeof candidate>;
  expect(next.generations["api"]).not.toBe(candidate!.generations["api"]);
  expect(next.generations["web"]).toBe(candidate!.generations["web"]);
  expect(next.contract.services["api"]!.image).toBe(image("a"));
  expect(existsSync(join(folder.path, "out/stacks/trial/candidate.json"))).toBe(false);
});

it("says in one line on stderr that no release was found, and what is built then", async () => {
  write("releases.json", "{}");
  const { code, stderr } = await main();
  expect(code, stderr).toBe(0);
  expect(stderr.trimEnd().split("\n")).toEqual([
    `${join(folder.path, "release.json")}: no such file, so nothing counts as live in live: the public edge is built from the contract as it stands, as before a first promotion`,
  ]);
});

it("ends 2 for a release of an environment that the contract does not have, and writes nothing", async () => {
  const { candidate } = synthesize(SYSTEM, "live");
  const environments = { live: { live: candidate }, "liv-e": { live: candidate } };
  write("release.json", JSON.stringify({ schema: "headgate-release/1", environments }, null, 2));
  const { code, stderr } = await main();
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /release\.json:\d+:5 {2}environments\.liv-e: no such environment in the contract\n.*\n {4}try {4}live\n/,
  );
  expect(existsSync(join(folder.path, "out/stacks/live/cdk.tf.json"))).toBe(false);
});

it("ends 2 for a contract that no stack can be built from, with its line", async () => {
  write("headgate.yaml", SYSTEM.replaceAll("service: web", "service: api-witness").replace("  web:", "  api-witness:"));
  const { code, stderr } = await main();
  expect(code).toBe(2);
  expect(stderr).toMatch(/headgate\.yaml:29:3 {2}services\.api-witness: makes the same Cloud Run service name/);
});
