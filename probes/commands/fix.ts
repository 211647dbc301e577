import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Finding } from "../facts/finding.ts";
import { unifiedDiff } from "../fix/diff.ts";
import { planFix } from "../fix/plan-fix.ts";
import type { FixPlan, TextOf } from "../fix/plan-fix.ts";
import { EXIT_CODE } from "../gate/verdict.ts";
import { STATIC_RULES } from "../rules/static/index.ts";
import { WAIVER_RULE_IDS } from "../waivers/rules.ts";
import { fixedText, leftText } from "../report/fix-text.ts";
import { fileFrom } from "../report/reported.ts";
import { baselineFor } from "./baseline.ts";
import type { BaselineOptions } from "./baseline.ts";
import { DEFAULT_SOURCE, meant } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";
import { findIn } from "./find.ts";
import type { FindOptions, Found } from "./find.ts";
import { uncommitted, writeAll } from "./write-files.ts";
import type { FileChange } from "./write-files.ts";

export interface FixOptions extends Omit<FindOptions, "baseline">, Pick<BaselineOptions, "baseline"> {
  /** Ids of the rules whose findings are mended; undefined: all. */
  readonly rule?: readonly string[];
  readonly write?: boolean;
  /** Write into files that git could not give back, too. */
  readonly force?: boolean;
}

/**
 * Mends what needs no decision: a patch on standard output, or with `write` the files themselves; for the rest the ways to
 * mend it. Ends as `check` would: on what is there, or with `write` on what is left.
 * @throws UsageError for a rule that does not exist, and for files that git could not give back.
 */
export async function fix(
  source: string = DEFAULT_SOURCE,
  options: FixOptions,
  context: CommandContext,
): Promise<number> {
  refuseUnknown(options.rule);
  const { baseline: _, ...rest } = options;
  const finding: FindOptions = { ...rest, ...baselineFor(options, context) };
  const found = await findIn(source, finding, context);
  const open = found.findings.filter((each) => isOpen(each) && options.rule?.includes(each.id) !== false);
  const plan = planFix(open, textsOf(found, context));
  const colour = { stdout: context.isTerminal.stdout, stderr: context.isTerminal.stderr };
  if (options.write !== true) {
    for (const { file, before, after } of plan.files)
      context.stdout(unifiedDiff(fileFrom(file, context.cwd), before, after));
    context.stderr(leftText(plan, { colour: colour.stderr && context.env["NO_COLOR"] === undefined }));
    return exitOf(found.findings);
  }
  write(plan, options, context);
  const again = plan.files.length === 0 ? found : await findIn(source, finding, context);
  context.stdout(
    fixedText(plan, again.findings.filter(isOpen), {
      colour: colour.stdout && context.env["NO_COLOR"] === undefined,
      cwd: context.cwd,
    }),
  );
  return exitOf(again.findings);
}

function isOpen({ waived, known }: Finding): boolean {
  return waived === undefined && known === undefined;
}

/** @throws UsageError with the nearest one, for a rule that does not exist. */
function refuseUnknown(rules: readonly string[] = []): void {
  const known = [...STATIC_RULES.map(({ id }) => id), ...WAIVER_RULE_IDS];
  const wrong = rules.find((each) => !known.includes(each));
  if (wrong !== undefined)
    throw new UsageError(`--rule ${wrong}: there is no rule of that name for configurations${meant(wrong, known)}`);
}

function exitOf(findings: readonly Finding[]): number {
  return EXIT_CODE[findings.some(({ blocks }) => blocks === true) ? "contract-broken" : "pass"];
}

/** Files of the user's that may be changed: HCL that was written by hand, and the contract. */
function textsOf({ source, contract }: Found, { cwd }: CommandContext): TextOf {
  const texts = new Map<string, ReturnType<TextOf>>();
  return (file) => {
    const known = texts.get(file) ?? readable(file, { kind: source.kind, contract: contract?.file, cwd });
    texts.set(file, known);
    return known;
  };
}

interface Reading {
  readonly kind: Found["source"]["kind"];
  readonly contract: string | undefined;
  readonly cwd: string;
}

function readable(file: string, { kind, contract, cwd }: Reading): ReturnType<TextOf> {
  if (file !== contract) {
    if (kind === "cdktf") return { refusal: "the next synth overwrites it: change what makes it" };
    if (kind !== "directory")
      return { refusal: `it stands in a ${kind}: change the configuration that it was made of` };
    if (file.split(/[/\\]/).includes(".terraform"))
      return { refusal: "`terraform init` fetched it: change its source" };
    if (!file.endsWith(".tf")) return { refusal: "it is JSON, which a program writes: change what makes it" };
  }
  return { text: readFileSync(resolve(cwd, file), "utf8") };
}

function write({ files }: FixPlan, { force }: FixOptions, { cwd }: CommandContext): void {
  const changes = files.map((each): FileChange => ({ ...each, path: resolve(cwd, each.file) }));
  const lost = force === true ? [] : uncommitted(changes);
  if (lost.length > 0)
    throw new UsageError(
      `nothing was written, because git could not give it back:\n${lost.map(({ file, why }) => `  ${file} ${why}\n`).join("")}commit first, or write all the same with --force`,
    );
  if (changes.length > 0) writeAll(changes);
}
