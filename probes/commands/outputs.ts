import { appendFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { nearest } from "../../contract/problem.ts";
import { pageOf } from "../explain/pages.ts";
import type { Finding, Severity } from "../facts/finding.ts";
import { isAtLeast } from "../gate/verdict.ts";
import { FORMATS } from "../report/format-names.ts";
import type { Format } from "../report/format-names.ts";
import { SHARED_FORMATS } from "../report/formats.ts";
import type { Reported } from "../report/reported.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

export interface OutputOptions {
  readonly format: readonly string[];
  readonly out?: string;
}

export interface Output {
  readonly format: Format;
  /** Undefined: standard output. */
  readonly file?: string;
}

/** What a verb says in its own way, beside the formats that all verbs share. */
export interface OwnFormats {
  readonly text: (colour: boolean) => string;
  readonly json: () => string;
}

/** @throws UsageError for a format that does not exist, and for two that would go to one place. */
export function outputsOf({ format, out }: OutputOptions): Output[] {
  const outputs = format.map(outputOf);
  const open = outputs.filter(({ file }) => file === undefined);
  if (open.length > 1) {
    throw new UsageError(
      "only one format can go to standard output; give the others a file: --format json=report.json",
    );
  }
  if (out === undefined) return outputs;
  if (open.length === 0) throw new UsageError(`--out ${out}: every format has a file already`);
  return outputs.map((output) => (output.file === undefined ? { ...output, file: out } : output));
}

function outputOf(written: string): Output {
  const [name = "", ...file] = written.split("=");
  const known = FORMATS.find((each) => each === name);
  if (known !== undefined) return { format: known, ...(file.length > 0 && { file: file.join("=") }) };
  const near = nearest(name, FORMATS);
  throw new UsageError(
    `unknown format ${name}${near === undefined ? "" : `; did you mean ${near}?`} (valid: ${FORMATS.join(", ")})`,
  );
}

/** Writes a report in every format that was asked for. @throws UsageError for a file that cannot be written. */
export function emit(reported: Reported, own: OwnFormats, outputs: readonly Output[], context: CommandContext): void {
  for (const { format, file } of outputs) {
    const text =
      format === "text"
        ? own.text(isColoured(file, context))
        : format === "json"
          ? own.json()
          : SHARED_FORMATS[format](reported, { cwd: context.cwd, pageOf });
    if (file === undefined) context.stdout(text);
    else save(file, text, context);
    if (format === "github") summarize(reported, context);
  }
}

/** Outputs of a verb that reports no run of probes: text and JSON. @throws UsageError, in these words, for others. */
export function ownOutputsOf(options: OutputOptions, refusal: (format: Format) => string): Output[] {
  const outputs = outputsOf(options);
  const other = outputs.find(({ format }) => format !== "text" && format !== "json");
  if (other !== undefined) throw new UsageError(refusal(other.format));
  return outputs;
}

/** Writes what such a verb says. @throws UsageError for a file that cannot be written. */
export function emitOwn(own: OwnFormats, outputs: readonly Output[], context: CommandContext): void {
  for (const { format, file } of outputs) {
    const text = format === "json" ? own.json() : own.text(isColoured(file, context));
    if (file === undefined) context.stdout(text);
    else save(file, text, context);
  }
}

function isColoured(file: string | undefined, { isTerminal, env }: CommandContext): boolean {
  return file === undefined && isTerminal.stdout && env["NO_COLOR"] === undefined;
}

/** GitHub shows what stands in this file on the page of the run; other steps write into it too. */
function summarize(reported: Reported, { env, cwd }: CommandContext): void {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  attempt(file, () => appendFileSync(resolve(cwd, file), SHARED_FORMATS.markdown(reported, { cwd })));
}

/** @throws UsageError for a file that cannot be written. */
export function save(file: string, text: string, { cwd }: Pick<CommandContext, "cwd">): void {
  attempt(file, () => writeFileSync(resolve(cwd, file), text));
}

function attempt(file: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new UsageError(`cannot write ${file}: ${(cause as Error).message}`);
  }
}

/** Findings to show, and how many are left out; one that is no pass is always shown. */
export function shownFindings(
  findings: readonly Finding[],
  least: Severity = "note",
): { readonly shown: readonly Finding[]; readonly hidden: number } {
  const shown = findings.filter(({ severity, blocks }) => blocks === true || isAtLeast(least, severity));
  return { shown, hidden: findings.length - shown.length };
}
