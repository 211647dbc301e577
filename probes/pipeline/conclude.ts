import type { Contract } from "../../contract/contract.ts";
import type { Case } from "../facts/case.ts";
import type { Finding } from "../facts/finding.ts";
import type { Cell, Control, Result, RuleText } from "../facts/result.ts";
import { count, coverageOf } from "../gate/tally.ts";
import { decide } from "../gate/verdict.ts";
import { ASSUMPTIONS } from "../model/assumptions.ts";
import type { Audit } from "../rules/static/audit.ts";
import { OBSERVED_RULES } from "../rules/observed/index.ts";
import { relateCells } from "../rules/relate.ts";
import { STATIC_RULES } from "../rules/static/index.ts";
import { WAIVER_RULES } from "../waivers/rules.ts";
import { accept } from "./accept.ts";
import { http2Notes } from "./http2-notes.ts";
import { hasWitness } from "./approach.ts";
import type { Judged, LiveSource, PipelineInput } from "./input.ts";

export interface RunEvidence {
  /** SHA-256 of each configuration that was read. */
  readonly digests: readonly string[];
  readonly cases: readonly Case[];
  readonly judged: readonly Judged[];
  readonly controls: readonly Control[];
  readonly audit?: Audit;
}

/** Everything that was observed and judged → the canonical result. */
export function conclude(input: PipelineInput, { digests, cases, judged, controls, audit }: RunEvidence): Result {
  const { contract, environments, source, steps, run, probe } = input;
  const { cells, findings } = accept(relateCells(judged.flatMap((one) => one.cells)), audit, {
    today: input.today,
    ...(input.baseline !== undefined && { baseline: input.baseline }),
    failOn: source.kind === "model" ? source.failOn : "never",
    graphs: source.kind === "model" ? [...source.graphs.values()] : [],
    declared: { contract, environments },
  });
  const counts = count(contract, environments.length, judged, cells);
  const coverage = coverageOf(cases, judged);
  const endedEarly = probe.signal.aborted ? earlyEnd(probe.signal, judged) : undefined;
  const decision = decide({
    findings,
    cells,
    controls,
    coverage,
    counts,
    ...(source.kind === "model" && source.failOn === "undecided" && { undecided: audit?.undecided ?? [] }),
    ...(endedEarly !== undefined && { endedEarly }),
  });
  steps.push({ name: "verdict", state: "done", detail: decision.verdict });
  return {
    schema: "headgate-report/1",
    run: {
      ...run,
      contract: { file: contract.file, digest: contract.digest },
      configuration: {
        kind: source.kind === "model" ? source.form : source.kind,
        at: source.kind === "cdktf" ? source.directory : source.at,
        digest: digests.length === 0 ? null : digests.join(" "),
      },
      env: environments.map(({ id }) => id),
      durationMs: 0,
    },
    ...decision,
    counts,
    steps,
    cells: [...cells],
    rules: ruleTexts(cells, findings),
    findings: [...findings],
    ...(audit !== undefined && audit.undecided.length > 0 && { undecided: [...audit.undecided] }),
    controls: [...controls],
    coverage,
    notLookedAt: [
      ...notLookedAt(contract),
      ...(source.kind === "live" ? unwitnessed(contract, source) : []),
      ...(probe.http2 === true ? http2Notes(judged) : []),
      ...new Set(judged.flatMap(({ notes }) => notes)),
    ],
    assumptions: questionsOf(judged),
    timings: [],
  };
}

/** The words of the rules that judged or found something. */
export function ruleTexts(cells: readonly Cell[], findings: readonly Finding[]): RuleText[] {
  const used = new Set([...cells.map(({ rule }) => rule), ...findings.map(({ id }) => id)]);
  const speaking = [...OBSERVED_RULES, ...STATIC_RULES, ...Object.values(WAIVER_RULES)].filter(({ id }) =>
    used.has(id),
  );
  return speaking.map(({ id, title, because, fix, sources }) => ({ id, title, because, fix, sources }));
}

function questionsOf(judged: readonly Judged[]): string[] {
  const asked = [...new Set(judged.flatMap(({ questions }) => questions))];
  return asked.map((name) => `${name}: ${ASSUMPTIONS[name].question} (${ASSUMPTIONS[name].sources.join(", ")})`);
}

function earlyEnd(signal: AbortSignal, judged: readonly Judged[]): string {
  const made = judged.filter(({ observation }) => observation.failure?.phase !== "interrupted").length;
  const why =
    (signal.reason as Error | undefined)?.name === "TimeoutError"
      ? "the run's deadline passed"
      : "the run was interrupted";
  return `${why} after ${made} of ${judged.length} cases`;
}

/** Routes to services that answer no probes: nobody behind them says what arrives. */
function unwitnessed({ routes, services }: Contract, source: LiveSource): string[] {
  return routes
    .filter(({ service }) => !hasWitness(services[service], source))
    .map(({ id, service }) => `route ${id}: ${service} is not its own witness (witness: application)`);
}

/** Declared parts that no step of this run looks at: said, so that nobody takes a pass for more than it is. */
function notLookedAt(contract: Contract): string[] {
  const flows = Object.keys(contract.flows).length;
  const lifetimes = contract.routes.filter(({ lifetimeMs }) => lifetimeMs !== undefined).length;
  return [
    ...(lifetimes > 0
      ? [`lifetime of ${lifetimes} ${lifetimes === 1 ? "route" : "routes"}: no socket is held open`]
      : []),
    ...(flows > 0
      ? [`${flows} ${flows === 1 ? "flow" : "flows"}: no application answers behind the emulated edge`]
      : []),
    ...(Object.keys(contract.budgets).length > 0 ? ["budgets: loopback times are not the edge's"] : []),
  ];
}
