import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "cdktf";
import { TerraformElement, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** Name of the file beside `cdk.tf.json` that maps construct paths to the TypeScript lines that made them. */
export const SOURCES_FILE = "sources.json";

const METADATA = "headgate:source";

/**
 * Notes the line that creates a construct: `this.map = here(new ComputeUrlMap(…))`. CDKTF keeps no stack
 * trace of its own, and a finding has to name the line a person can edit.
 */
export function here<Made extends IConstruct>(construct: Made): Made {
  const caller = callerOf(new Error().stack ?? "");
  if (caller !== undefined) construct.node.addMetadata(METADATA, caller);
  return construct;
}

/**
 * Writes `sources.json` beside each synthesized stack: construct path → `{ file, line }`, the file relative to
 * `root` so that the output is the same on every machine. A construct without a note takes its nearest ancestor's.
 */
export function writeSources(app: App, root: string): void {
  for (const stack of app.node.findAll().filter((construct) => TerraformStack.isStack(construct))) {
    const lines = Object.fromEntries(
      stack.node
        .findAll()
        .filter((construct) => TerraformElement.isTerraformElement(construct))
        .flatMap((construct) => entryFor(construct, stack, root))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const file = join(app.outdir, "stacks", stack.node.id, SOURCES_FILE);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ schema: "headgate-sources/1", constructs: lines }, null, 2)}\n`);
  }
}

interface Caller {
  readonly file: string;
  readonly line: number;
}

function entryFor(construct: IConstruct, stack: IConstruct, root: string): [string, Caller][] {
  const noted = [construct, ...construct.node.scopes.slice(0, -1).reverse()]
    .map((each) => each.node.metadata.find(({ type }) => type === METADATA))
    .find((entry) => entry !== undefined);
  if (noted === undefined || construct === stack) return [];
  const { file, line } = noted.data as Caller;
  return [[construct.node.path, { file: relative(root, file).replaceAll("\\", "/"), line }]];
}

/**
 * The first frame of a stack trace below `here`, outside this file: the line that called it, or in a bundle the line of
 * whoever uses the bundle. tsx and Node map it back to the TypeScript line.
 */
function callerOf(trace: string): Caller | undefined {
  const own = fileURLToPath(import.meta.url);
  for (const frame of trace.split("\n").slice(2)) {
    // `at make (file:///stacks/edge.ts:3:5)` or `at file:///main.ts:3:5`; never one of Node's own, `node:internal/…`.
    const match = /^at (?:.*\()?((?:file:\/\/)?\/[^()]*?):(\d+):\d+\)?$/.exec(frame.trim());
    if (match === null) continue;
    const file = match[1]!.startsWith("file://") ? fileURLToPath(match[1]!) : match[1]!;
    if (file !== own) return { file, line: Number(match[2]) };
  }
  return undefined;
}
