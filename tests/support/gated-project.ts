import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { RECEIPT_FILE } from "../../contract/receipt.ts";
import { headgate } from "./cli.ts";
import type { CliRun } from "./cli.ts";
import type { Json } from "./reference.ts";
import type { TerraformRun } from "./stand-in-google/terraform.ts";
import { newProject } from "./terraform-project.ts";
import type { Project } from "./terraform-project.ts";

/** The reference system with receipts, and what must not move while the gate blocks. */
export interface GatedProject extends Project {
  readonly stack: string;
  readonly receiptFile: string;
  /** `headgate gate --synth --record`, as `app` runs it. */
  readonly record: (env?: Record<string, string>, ...args: string[]) => Promise<CliRun>;
  readonly receipt: () => Json;
  /** Digest of the state and of everything that exists. */
  readonly standing: () => string;
  readonly write: (file: string, text: string) => void;
  readonly editStack: (change: (terraform: Json) => void) => void;
}

export function gatedProject(environment = "staging"): GatedProject {
  const project = newProject(false);
  const stack = join(project.folder, "cdktf.out/stacks", environment);
  const receiptFile = join(stack, RECEIPT_FILE);
  return {
    ...project,
    stack,
    receiptFile,
    record: (env = {}, ...args) => headgate(["gate", "--synth", "--record", ...args], { cwd: project.folder, env }),
    receipt: () => JSON.parse(readFileSync(receiptFile, "utf8")),
    standing: () => standing(project.folder),
    write: (file, text) => writeFileSync(join(stack, file), text),
    editStack: (change) => {
      const file = join(stack, "cdk.tf.json");
      const terraform: Json = JSON.parse(readFileSync(file, "utf8"));
      change(terraform);
      writeFileSync(file, JSON.stringify(terraform, null, 2));
    },
  };
}

/** Digest of the state files in a folder, and of the stand-in's cloud. */
export function standing(folder: string, cloudFile = join(folder, "cloud.json")): string {
  const states = readdirSync(folder).filter((name) => name.endsWith(".tfstate"));
  const hash = createHash("sha256");
  for (const file of [...states.sort().map((name) => join(folder, name)), cloudFile])
    hash.update(basename(file)).update(existsSync(file) ? readFileSync(file) : "");
  return hash.digest("hex");
}

/** What Terraform said, without its frames and line breaks. */
export const said = ({ stdout, stderr }: TerraformRun): string => `${stdout} ${stderr}`.replace(/[\s│╷╵]+/g, " ");

/** Asserts that a run was stopped by the gate with these words, and that nothing moved. */
export async function expectBlocked(
  project: GatedProject,
  run: () => Promise<TerraformRun>,
  words: string | RegExp,
): Promise<void> {
  const before = project.standing();
  const result = await run();
  expect(result.exitCode, said(result)).toBe(1);
  expect(said(result)).toMatch(words);
  expect(project.standing()).toBe(before);
}
