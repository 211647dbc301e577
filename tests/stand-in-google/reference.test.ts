import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readCloud } from "../support/stand-in-google/cloud.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";
import { writePass } from "../support/receipts.ts";
import { referenceSynth, temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";

it("runs the reference stack from init to destroy", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  try {
    const { env, cloudFile } = installStandIn(folder.path);
    const synth = join(folder.path, "project/cdktf.out");
    cpSync(referenceSynth(), synth, { recursive: true });
    const stack = join(synth, "stacks/staging");
    const file = join(stack, "cdk.tf.json");
    const declared: Json = JSON.parse(readFileSync(file, "utf8"));
    // A service protects itself unless told otherwise, and no destroy goes through.
    const services = Object.values<Json>(declared.resource.google_cloud_run_v2_service);
    for (const service of services) service.deletion_protection = false;
    writeFileSync(file, JSON.stringify(declared));
    writePass(stack);
    const run = async (...args: string[]): Promise<void> => {
      const { exitCode, stderr } = await terraform(stack, args, env);
      expect(`${args.join(" ")}: ${exitCode} ${stderr}`).toBe(`${args.join(" ")}: 0 `);
    };
    await run("init");
    await run("validate");
    await run("plan");
    await run("apply", "-auto-approve");
    const { terraform_data: _gate, ...google } = declared.resource as Record<string, object>;
    const resources = Object.values(google).flatMap(Object.keys);
    expect(Object.keys(readCloud(cloudFile).resources)).toHaveLength(resources.length);
    await run("plan", "-detailed-exitcode");
    await run("destroy", "-auto-approve");
    expect(readCloud(cloudFile).resources).toEqual({});
  } finally {
    folder.remove();
  }
});
