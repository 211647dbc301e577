import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installStandIn } from "../../../tests/support/stand-in-google/install.ts";
import { withoutGate } from "../../../tests/support/without-gate.ts";
import { foreignProcess } from "../foreign-process.ts";
import type { Block, Contender, Suite } from "../measure.ts";

const STACK = "staging";
const SYNTHESIZED = join("cdktf.out/stacks", STACK, "cdk.tf.json");
const SYNTH = `${process.execPath} ${resolve("dist/synth.js")}`;
const RECORD = `${process.execPath} ${resolve("dist/headgate.js")} gate --synth --record`;
/** Puts the stack without its gate in the place of the one that synth wrote; a copy is all that it takes. */
const STRIP = `cp bare.tf.json ${SYNTHESIZED}`;

/** The reference's contract with a stand-in for Google Cloud that holds one of its environments. */
interface Project {
  readonly name: string;
  /** What `app` in cdktf.json would be. */
  readonly app: string;
  /** Runs a command in a folder of the project; its end with another code than 0 is an error. */
  readonly run: (command: readonly string[], folder?: string) => Promise<Block>;
}

/**
 * An unchanged deploy of one of the reference's two environments without the gate and with it, by Terraform and by cdktf.
 * What it takes more is what the gate adds; each time it proves both environments, since `app` is not told which is meant.
 */
export async function deploySuites(): Promise<readonly Suite[]> {
  const root = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const close = (): void => rmSync(root, { recursive: true, force: true });
  try {
    const projects = [
      await deployed("without the gate", `${SYNTH} && ${STRIP}`, join(root, "bare")),
      await deployed("with the gate", `${SYNTH} && ${RECORD}`, join(root, "gated")),
    ];
    return WAYS.map(({ name, blocks, deploy }) => ({
      title: `deploy: ${STACK} of the reference, unchanged, ${name}`,
      blocks,
      differences: true,
      contenders: projects.map((project): Contender => ({ name: project.name, run: () => deploy(project) })),
      close,
    }));
  } catch (cause) {
    close();
    throw cause;
  }
}

const WAYS: readonly { name: string; blocks: number; deploy: (project: Project) => Promise<Block> }[] = [
  { name: "app, terraform init, plan and apply", blocks: 9, deploy: byTerraform },
  { name: "cdktf deploy", blocks: 5, deploy: byCdktf },
];

async function byTerraform({ app, run }: Project): Promise<Block> {
  const blocks = [await run(["sh", "-c", app])];
  for (const args of [["init"], ["plan", "-out=bench.plan"], ["apply", "bench.plan"]])
    blocks.push(await run(["terraform", ...args], join("cdktf.out/stacks", STACK)));
  return {
    wallMs: sum(blocks.map(({ wallMs }) => wallMs)),
    cpuMs: sum(blocks.map(({ cpuMs }) => cpuMs)),
    peakMb: Math.max(...blocks.map(({ peakMb = 0 }) => peakMb)),
  };
}

function byCdktf({ app, run }: Project): Promise<Block> {
  return run([resolve("node_modules/.bin/cdktf"), "deploy", STACK, "--auto-approve", "--app", app]);
}

async function deployed(name: string, app: string, folder: string): Promise<Project> {
  mkdirSync(folder, { recursive: true });
  copyFileSync("headgate.yaml", join(folder, "headgate.yaml"));
  copyFileSync("cdktf.json", join(folder, "cdktf.json"));
  const env = { ...installStandIn(folder).env, CI: "true" };
  const run: Project["run"] = ([command, ...args], inside = ".") =>
    foreignProcess(command!, args, join(folder, inside), env);
  await run(["sh", "-c", SYNTH]);
  const stack: unknown = JSON.parse(readFileSync(join(folder, SYNTHESIZED), "utf8"));
  writeFileSync(join(folder, "bare.tf.json"), JSON.stringify(withoutGate(stack), null, 2));
  await byTerraform({ name, app, run });
  return { name, app, run };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
