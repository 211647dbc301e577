import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Finding } from "../facts/finding.ts";
import type { Baseline } from "../facts/waiver.ts";
import { readBaseline, writeBaseline } from "../waivers/baseline.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { save } from "./outputs.ts";

export interface BaselineOptions {
  /** File of accepted findings. */
  readonly baseline?: string;
  /** File to write the findings of this run into; they are accepted in this run already. */
  readonly writeBaseline?: string;
}

/** @throws UsageError for a file that cannot be read or is no baseline. */
export function baselineFor(
  { baseline: file, writeBaseline: target }: BaselineOptions,
  { cwd }: Pick<CommandContext, "cwd">,
): { readonly baseline?: Baseline | "new" } {
  if (target !== undefined) return { baseline: "new" };
  if (file === undefined) return {};
  const baseline = readBaseline(textOf(resolve(cwd, file), file), file);
  if ("fault" in baseline) throw new UsageError(`--baseline ${file} ${baseline.fault}`);
  return { baseline };
}

/** @throws UsageError for a file that cannot be written. */
export function keepBaseline(
  findings: readonly Finding[],
  { writeBaseline: target }: BaselineOptions,
  context: Pick<CommandContext, "cwd">,
): void {
  if (target !== undefined) save(target, writeBaseline(findings), context);
}

function textOf(path: string, shownAs: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const hint =
      (cause as NodeJS.ErrnoException).code === "ENOENT"
        ? "no such file; write one with --write-baseline"
        : (cause as Error).message;
    throw new UsageError(`--baseline ${shownAs}: ${hint}`);
  }
}
