import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { headgate, run } from "../support/cli.ts";
import { CANDIDATE, PROMISES, REFERENCE } from "../support/reference-versions.ts";
import { temporaryFolder } from "../support/reference.ts";
import { SampledProduction, WITNESS_KEY } from "../support/sampled-production.ts";
import { readLog } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";

const isSoak = process.env["HEADGATE_SOAK"] !== undefined;
const given = process.env["HEADGATE_SEED"];
const seeds = given !== undefined ? [Number(given)] : isSoak ? [1, 2, 3, 4, 5, 6] : [1];

/** Most deploys that it may take until nothing fails any more. */
const PATIENCE = 10;

let folder: ReturnType<typeof temporaryFolder>;
let installed: ReturnType<typeof installStandIn>;
let production: SampledProduction;
beforeEach(() => {
  folder = temporaryFolder();
  installed = installStandIn(folder.path);
});
afterEach(async () => {
  await production.close();
  folder.remove();
});

/** Deploys until that goes through, each time after what the deploy before said would mend it. Gives how often it failed. */
async function deployUntilDone(contract: string, amid: Readonly<Record<string, string>>): Promise<number> {
  writeFileSync(join(folder.path, "headgate.yaml"), contract);
  const { ports } = production.edge;
  const edges = (["public", "preview"] as const).flatMap((edge) => [
    "--edge",
    `${edge}=https://127.0.0.1:${ports[edge]}`,
  ]);
  const args = ["deploy", "production", "--terraform", ...edges, "--ca", "ca.pem", "--wait", "30"];
  for (let failed = 0; failed < PATIENCE; failed++) {
    const env = { ...installed.env, ...amid, HEADGATE_KEY: WITNESS_KEY };
    const { code, stdout, stderr } = await headgate(args, { cwd: folder.path, env });
    if (code === 0) return failed;
    expect(code, stdout + stderr).toBe(3);
    expect(stderr).toMatch(/Error [45]\d\d: /);
    for (const remedy of remediesIn(stdout)) {
      const mended = await run("sh", ["-c", remedy], { cwd: folder.path, env: installed.env });
      expect(mended.code, `${remedy}\n${mended.stdout}${mended.stderr}`).toBe(0);
    }
  }
  throw new Error(`it failed ${PATIENCE} times`);
}

function remediesIn(stdout: string): string[] {
  const lines = stdout.split("\n");
  const from = lines.indexOf("to mend what was left half done:");
  if (from === -1) return [];
  const rest = lines.slice(from + 1);
  return rest
    .slice(
      0,
      rest.findIndex((line) => !line.startsWith("  ")),
    )
    .map((line) => line.trim());
}

it.each(seeds)(
  "heals by its own words after changes that failed or only seemed to, and production is whole meanwhile (HEADGATE_SEED=%i)",
  { timeout: 900_000 },
  async (seed) => {
    const { cloudFile } = installed;
    production = await SampledProduction.start({ cloudFile, promises: PROMISES, seed, mixMs: 1000 });
    writeFileSync(join(folder.path, "ca.pem"), production.edge.ca);
    const amid = { HEADGATE_STAND_IN_SEED: String(seed), HEADGATE_STAND_IN_DELAY_MS: "5..200" };
    await deployUntilDone(REFERENCE, isSoak ? { ...amid, HEADGATE_STAND_IN_FAIL: "0.03" } : {});
    await production.open();
    const old = await production.stamp("public");
    const before = readLog(cloudFile).length;
    const failed = await deployUntilDone(CANDIDATE, { ...amid, HEADGATE_STAND_IN_FAIL: "0.2" });
    const log = readLog(cloudFile).slice(before);
    expect([...new Set(log.map(({ outcome }) => outcome))].sort(), `${failed} failed`).toEqual([
      "done",
      "lost",
      "refused",
    ]);
    const next = await production.stamp("public");
    expect(next).not.toBe(old);
    expect(new Set(production.stampsSince(0))).toEqual(new Set([old, next]));
    expect(production.cuts()).toEqual([]);
    await production.expectWhole();
  },
);
