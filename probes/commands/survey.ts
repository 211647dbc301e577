import type { FailOn, Severity } from "../facts/finding.ts";
import type { SurveyRow } from "../facts/survey.ts";
import type { Baseline } from "../facts/waiver.ts";
import { EXIT_CODE, undecidedReasons } from "../gate/verdict.ts";
import { accept } from "../pipeline/accept.ts";
import { auditStacks } from "../pipeline/audit-stacks.ts";
import { ruleTexts } from "../pipeline/conclude.ts";
import { survey } from "../pipeline/survey.ts";
import { harmlessJson } from "../report/json.ts";
import type { Reported } from "../report/reported.ts";
import { renderSurveys } from "../report/survey-text.ts";
import type { EdgeSource } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError, today } from "./context.ts";
import { emit, outputsOf, shownFindings } from "./outputs.ts";
import type { OutputOptions } from "./outputs.ts";

/** Options of `check` that count without a contract. */
export interface SurveyOptions extends OutputOptions {
  readonly env?: string;
  readonly failOn: FailOn;
  readonly show?: Severity;
  readonly baseline?: Baseline | "new";
}

/** Without a contract: per host and path, which credentials arrive, and what the static rules find. */
export function surveySource(source: EdgeSource, options: SurveyOptions, context: CommandContext): Reported {
  const outputs = outputsOf(options);
  const startedAt = context.now();
  const stacks = [...source.stacks].filter(([name]) => options.env === undefined || name === options.env);
  if (stacks.length === 0)
    throw new UsageError(`${source.at} has no stack ${options.env} (valid: ${[...source.stacks.keys()].join(", ")})`);
  const parts = stacks.map(([env, [edge]]) => {
    const rows = edge === undefined ? [] : survey(source.graphs.get(env)!, edge);
    return { env, rows };
  });
  const reported = audited(source, stacks, options, context);
  const whole: Reported = {
    ...reported,
    survey: parts,
    run: {
      verb: "check",
      tool: `headgate ${context.toolVersion}`,
      env: stacks.map(([name]) => name),
      configuration: { kind: source.kind, at: source.at },
      startedAt: startedAt.toISOString(),
      durationMs: context.now().getTime() - startedAt.getTime(),
    },
  };
  const { shown, hidden } = shownFindings(whole.findings, options.show);
  const text = (colour: boolean): string =>
    renderSurveys({ at: source.at, stacks: parts }, { ...whole, findings: shown }, { colour, hidden });
  const json = (): string => harmlessJson(`${JSON.stringify(document(whole, parts), null, 2)}\n`);
  emit({ ...whole, findings: shown }, { text, json }, outputs, context);
  return whole;
}

function audited(
  { graphs }: EdgeSource,
  stacks: readonly (readonly [string, Parameters<typeof auditStacks>[0][number]["edges"]])[],
  { failOn, baseline }: SurveyOptions,
  context: CommandContext,
): Omit<Reported, "run"> {
  const audit = auditStacks(stacks.map(([env, edges]) => ({ graph: graphs.get(env)!, edges })));
  const { findings } = accept([], audit, {
    today: today(context),
    failOn,
    graphs: stacks.map(([env]) => graphs.get(env)!),
    ...(baseline !== undefined && { baseline }),
  });
  const blocking = findings.filter(({ blocks }) => blocks === true).length;
  const open = failOn === "undecided" ? undecidedReasons(audit.undecided) : [];
  const verdict = open.length > 0 ? "inconclusive" : blocking > 0 ? "contract-broken" : "pass";
  return {
    verdict,
    exitCode: EXIT_CODE[verdict],
    reasons: open.length > 0 ? open : blocking > 0 ? [`${blocking} ${blocking === 1 ? "finding" : "findings"}`] : [],
    cells: [],
    controls: [],
    findings,
    undecided: audit.undecided,
    rules: ruleTexts([], findings),
    notLookedAt: [],
  };
}

/** `headgate-survey/1`. Values are the survey's own, so none is a secret. */
function document(
  { run: { tool, configuration }, verdict, exitCode, reasons, findings, undecided }: Reported,
  stacks: readonly { readonly env: string; readonly rows: readonly SurveyRow[] }[],
): object {
  const judged = { verdict, exitCode, reasons, findings, undecided };
  return { schema: "headgate-survey/1", tool, configuration, stacks, ...judged };
}
