import { readFileSync } from "node:fs";
import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { TerraformStack, Testing } from "cdktf";
import type { ReleaseEntry, Release } from "../../contract/release.ts";
import { EnvironmentStack } from "../../stacks/environment-stack.ts";
import { contractOf, edit, environmentOf } from "../support/builders.ts";
import { edgeOf, temporaryFolder } from "../support/reference.ts";
import type { EdgeId, Json } from "../support/reference.ts";
import { withoutGate } from "../support/without-gate.ts";

/** A small system in two environments: `trial` is deployed directly, `live` by way of a preview edge. */
export const SYSTEM = readFileSync(new URL("contracts/two-environments.yaml", import.meta.url), "utf8");

export interface Synthesized {
  /** Without the gate. */
  readonly terraform: Json;
  readonly text: string;
  /** What a promotion would make live; undefined without a preview edge. */
  readonly candidate: ReleaseEntry | undefined;
}

/** Terraform of one environment of a contract. */
export function synthesize(contractText: string, environment = "trial", release?: Release): Synthesized {
  const folder = temporaryFolder();
  try {
    const contract = contractOf(contractText);
    const app = Testing.app({ outdir: folder.path, stubVersion: true });
    const props = { contract, environment: environmentOf(contract, environment), release };
    const stack = new EnvironmentStack(app, props);
    const text = Testing.synth(stack);
    return { terraform: withoutGate(JSON.parse(text)), text, candidate: stack.candidateRelease };
  } finally {
    folder.remove();
  }
}

/** Terraform of a stack of somebody's own. */
export function synthesizeStack(build: (stack: TerraformStack) => void): Json {
  const folder = temporaryFolder();
  try {
    const stack = new TerraformStack(Testing.app({ outdir: folder.path, stubVersion: true }), "own");
    new GoogleProvider(stack, "google", { project: "example-own", region: "us-central1" });
    build(stack);
    return JSON.parse(Testing.synth(stack));
  } finally {
    folder.remove();
  }
}

/** The small system with one or more edits. */
export function system(...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => edit(text, from, to), SYSTEM);
}

/** Every resource of one edge by address, and what both edges share. */
export function resourcesOf(terraform: Json, edge: EdgeId): Record<string, Json> {
  return Object.fromEntries(
    Object.entries<Json>(terraform.resource).flatMap(([type, resources]) =>
      Object.entries<Json>(resources)
        .filter(([id]) => edgeOf(id) === edge)
        .map(([id, body]) => [`${type}.${id}`, body]),
    ),
  );
}

/** Bodies of one type. */
export function all(terraform: Json, type: string): Json[] {
  return Object.values<Json>(terraform.resource[type] ?? {});
}
