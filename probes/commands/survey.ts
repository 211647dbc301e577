import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Severity } from "../facts/finding.ts";
import type { SurveyRow } from "../facts/survey.ts";
import { EXIT_CODE, blocksAt } from "../gate/verdict.ts";
import { auditStacks } from "../pipeline/audit-stacks.ts";
import { survey } from "../pipeline/survey.ts";
import { renderSurveys } from "../report/survey-text.ts";
import type { Audit } from "../rules/static/audit.ts";
import type { EdgeSource } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

/** Options of `check` that count without a contract. */
export interface SurveyOptions {
  readonly format: readonly string[];
  readonly out?: string;
  readonly env?: string;
  readonly failOn: Severity | "never";
}

/** Without a contract: per host and path, which credentials arrive, and what the static rules find. */
export function surveySource(source: EdgeSource, options: SurveyOptions, context: CommandContext): number {
  const stacks = [...source.stacks].filter(([name]) => options.env === undefined || name === options.env);
  if (stacks.length === 0)
    throw new UsageError(`${source.at} has no stack ${options.env} (valid: ${[...source.stacks.keys()].join(", ")})`);
  const [format = "text", another] = options.format;
  if (another !== undefined || (format !== "text" && format !== "json"))
    throw new UsageError("without a contract there is one format, text or json");
  const colour = options.out === undefined && context.isTerminal.stdout && context.env["NO_COLOR"] === undefined;
  const parts = stacks.map(([env, [edge]]) => {
    const rows = edge === undefined ? [] : survey(source.graphs.get(env)!, edge);
    return { env, rows };
  });
  const audited = auditStacks(stacks.map(([env, edges]) => ({ graph: source.graphs.get(env)!, edges })));
  const text =
    format === "json"
      ? `${JSON.stringify(document(source, parts, audited, context), null, 2)}\n`
      : renderSurveys(source.at, parts, audited.findings, colour);
  if (options.out === undefined) context.stdout(text);
  else writeFileSync(resolve(context.cwd, options.out), text);
  return audited.findings.map(blocksAt(options.failOn)).some(({ blocks }) => blocks === true) ? EXIT_CODE["contract-broken"] : EXIT_CODE.pass;
}

/** `headgate-survey/1`. Values are the survey's own, so none is a secret. */
function document(
  { at, kind }: EdgeSource,
  stacks: readonly { readonly env: string; readonly rows: readonly SurveyRow[] }[],
  { findings, undecided }: Audit,
  { toolVersion }: CommandContext,
): object {
  const tool = `headgate ${toolVersion}`;
  return { schema: "headgate-survey/1", tool, configuration: { kind, at }, stacks, findings, undecided };
}
