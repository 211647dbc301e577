import type { Result } from "../facts/result.ts";
import { findingsText, undecidedText, waivedText } from "./findings-text.ts";
import { failures, openQuestions } from "./failures.ts";
import { matrix } from "./matrix.ts";
import { harmlessDeep, painter, wrap } from "./paint.ts";
import type { Paint } from "./paint.ts";
import { verdictLine } from "./verdict-line.ts";

export interface TextOptions {
  readonly colour: boolean;
  readonly timings: boolean;
  /** Findings that were asked not to be shown. */
  readonly hidden?: number;
}

/** The result for a person: steps, header matrix, failures with their evidence, verdict. At most 80 columns where names allow. */
export function renderText(raw: Result, { colour, timings, hidden = 0 }: TextOptions): string {
  const result = harmlessDeep(raw);
  const paint = painter(colour);
  return [
    ...heading(result, paint),
    "",
    ...matrix(result, paint),
    ...failures(result, paint),
    ...waivedText(result.cells, paint),
    ...findingsText(result.findings, paint, hidden),
    ...undecidedText(result.undecided ?? [], paint),
    ...openQuestions(result, paint),
    "",
    ...summary(result, paint),
    ...(timings
      ? [
          "",
          ...result.timings.map(({ phase, ms }) =>
            paint("faint", `${phase.padEnd(10)}${ms.toFixed(0).padStart(6)} ms`),
          ),
        ]
      : []),
    "",
  ].join("\n");
}

function heading({ run, steps }: Result, paint: Paint): string[] {
  const { kind, at } = run.configuration;
  const where = kind === "live" ? `live ${at}` : `${run.verb === PROOF ? "model" : "emulated edge"} from ${at}`;
  return [
    `${paint("strong", `headgate ${run.verb}`)}  ${run.contract.file}  ${run.env.join(", ")}  ${where}`,
    ...steps.map(({ name, state, detail }) =>
      paint("faint", `  ${name.padEnd(10)}${state === "done" ? detail : `${state}: ${detail}`}`),
    ),
  ];
}

/** The verb that sends nothing. */
const PROOF = "check";

function summary(result: Result, paint: Paint): string[] {
  const { run, counts, controls, notLookedAt } = result;
  const held = controls.filter(({ state }) => state === "pass").length;
  const checks = counts.pass + counts.fail + counts.inconclusive + counts.consequences + counts.waived;
  const hidden = counts.consequences === 0 ? "" : `, ${counts.consequences} hidden by a failure`;
  const waived = counts.waived === 0 ? "" : `, ${counts.waived} waived`;
  return [
    `${counts.routes} routes, ${counts.headers} headers: ${counts.httpRequests} HTTP requests and ${counts.upgrades} upgrades ${run.verb === PROOF ? "traced, none sent" : "made"}`,
    ...wrap(
      `${checks} checks: ${counts.pass} passed, ${counts.fail} failed, ${counts.inconclusive} could not look${hidden}${waived}; ${held} of ${controls.length} controls held`,
      80,
    ),
    ...notLookedAt.flatMap((text) => wrap(`not looked at: ${text}`, 80).map((line) => paint("faint", line))),
    verdictLine(result, paint),
  ];
}
