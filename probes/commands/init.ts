import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { TEMPLATE } from "../starter/template.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { sourceOptions } from "./source-options.ts";
import type { SourceChoice } from "./source-options.ts";

export interface InitOptions extends SourceChoice {
  /** Configuration to derive the contract from; undefined: a template. */
  readonly from?: string;
  /** `-`: standard output. */
  readonly out: string;
  readonly env?: string;
}

/**
 * Writes a starter contract, and never over a file that is there.
 * @throws UsageError, ConfigurationError
 */
export async function init(options: InitOptions, context: CommandContext): Promise<number> {
  const text = options.from === undefined ? TEMPLATE : await derived(options.from, options);
  if (options.out === "-") {
    context.stdout(text);
    return 0;
  }
  write(options.out, text, context);
  const next = options.from === undefined ? "headgate gate" : `headgate check ${options.from}`;
  context.stdout(`wrote ${options.out}; edit it, then run: ${next}\n`);
  return 0;
}

function write(file: string, text: string, { cwd }: CommandContext): void {
  try {
    writeFileSync(resolve(cwd, file), text, { flag: "wx" });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST")
      throw new UsageError(`${file} is there already, and is left as it is; name another file with --out FILE`);
    throw new UsageError(`cannot write ${file}: ${message}`);
  }
}

/** Loaded for this alone: a template needs no configuration. */
async function derived(source: string, options: InitOptions): Promise<string> {
  const { deriveContract } = await import("../starter/derive.ts");
  const { readSource } = await import("../terraform/read-source.ts");
  const { buildEdges } = await import("../model/build.ts");
  const { kind, graphs } = await readSource(source, sourceOptions(options));
  const [graph, another] = options.env === undefined ? graphs : graphs.filter(({ name }) => name === options.env);
  const names = graphs.map(({ name }) => name).join(", ");
  if (graph === undefined) throw new UsageError(`${source} has no stack ${options.env ?? ""} (valid: ${names})`);
  if (another !== undefined) throw new UsageError(`${source} holds several stacks; name one with --env (${names})`);
  return deriveContract({ source, isStack: kind === "cdktf" }, graph, buildEdges(graph).slice(0, 1));
}
