import { combineReadings } from "../attribution/combine-readings.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Attempt, Case } from "../facts/case.ts";
import type { Control } from "../facts/result.ts";
import type { Target } from "../facts/target.ts";
import { readingsOf } from "../model/assumptions.ts";
import type { AssumptionName } from "../model/assumptions.ts";
import { SHOWN, WITHHELD, planControl } from "../plan/controls.ts";
import { matchServices } from "../plan/match-services.ts";
import { mintAttempt } from "../plan/mint.ts";
import { probeAll } from "../probers/probe-all.ts";
import { judgeControl, mergeControls } from "../rules/judge-controls.ts";
import { cannotTell } from "../rules/judge.ts";
import { emulatedTarget } from "../targets/emulated.ts";
import { liveTarget } from "../targets/live.ts";
import type { LiveOptions } from "../targets/live.ts";
import type { Approach } from "./approach.ts";
import type { Judged, PipelineInput } from "./input.ts";
import { judgeCase } from "./judge-case.ts";
import type { Emulated } from "./judge-case.ts";
import { closedControls } from "./preview-control.ts";
import { withTransport } from "./transport.ts";
import type { Transport } from "./transport.ts";

/** More readings than this of one configuration are not tried; what depends on them is inconclusive. */
const MAX_READINGS = 16;

export interface Probed {
  readonly judged: Judged[];
  readonly controls: Control[];
}

export async function probeLive(input: PipelineInput, env: string, cases: readonly Case[]): Promise<Probed> {
  const source = input.source as LiveOptions & { readonly transport?: Transport };
  const target = withTransport(liveTarget(cases, source), source.transport ?? {});
  const controls = await runControls(input, env, target);
  const judged = await runCases(input, target, cases, undefined);
  return { judged, controls };
}

/** Cases that ask the same open questions. */
interface Group {
  readonly asked: readonly AssumptionName[];
  readonly cases: readonly Case[];
}

/**
 * Runs each case under every reading of the open questions that its own trace asks, and combines the answers. A reading
 * may raise further questions; such cases go round again with all of them.
 */
export async function probeEmulated(input: PipelineInput, approach: Approach, cases: readonly Case[]): Promise<Probed> {
  const { env, model } = approach;
  const match = matchServices(input.contract, model.services, model.edge);
  const controls: Control[] = [];
  const judged = new Map<string, Judged>();
  let groups: readonly Group[] = [{ asked: [], cases }];
  while (groups.length > 0) {
    const raised: Judged[] = [];
    for (const group of groups) {
      const readings = readingsOf(group.asked);
      const runs: Judged[][] = [];
      for (const assumptions of readings.slice(0, MAX_READINGS)) {
        const emulated = { model, match, assumptions, clientAddress: approach.clientAddress };
        const target = await startEmulated(input, emulated);
        try {
          if (controls.length === 0)
            controls.push(
              ...(await runControls(input, env, target)),
              ...(await closedControls(input, approach, cases, target, assumptions)),
            );
          runs.push(await runCases(input, target, group.cases, emulated, approach.lines));
        } finally {
          await target.close();
        }
      }
      for (const one of combineRuns(runs)) {
        if (one.questions.length <= group.asked.length) judged.set(one.case.id, one);
        else if (readingsOf(one.questions).length > MAX_READINGS) judged.set(one.case.id, tooManyQuestions(one));
        else raised.push(one);
      }
    }
    groups = groupByQuestions(raised);
  }
  return { judged: cases.map(({ id }) => judged.get(id)!), controls };
}

function groupByQuestions(raised: readonly Judged[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { questions, case: planned } of raised) {
    const key = [...questions].sort().join(" ");
    groups.set(key, { asked: questions, cases: [...(groups.get(key)?.cases ?? []), planned] });
  }
  return [...groups.values()];
}

function startEmulated(input: PipelineInput, { model, match, assumptions, clientAddress }: Emulated): Promise<Target> {
  // Every witness selects every declared subprotocol: which service answered is told by its report, not by a refusal.
  const subprotocols = Object.values(input.contract.headers).flatMap(({ answer }) => answer ?? []);
  const services = model.services.map(({ address }) => {
    const name = Object.keys(match.addresses).find((id) => match.addresses[id] === address) ?? address;
    return { address, name, subprotocols };
  });
  return emulatedTarget(model, { key: input.mint.key, seed: input.seed, assumptions, clientAddress, services });
}

async function runControls(input: PipelineInput, env: string, target: Target): Promise<Control[]> {
  const wanted = new Set(input.contract.routes.map(({ protocol }) => protocol)).add("http");
  const planned = target.controlLegs.flatMap((leg) =>
    leg.protocols
      .filter((protocol) => wanted.has(protocol))
      .map((protocol) => ({ leg, attempt: mintAttempt(planControl(env, leg, protocol), input.mint) })),
  );
  const observations = await probeAll(
    planned.map(({ leg, attempt }) => ({ attempt, endpoint: leg.endpoint })),
    input.probe,
  );
  return mergeControls(
    planned.flatMap(({ leg, attempt }, index) =>
      judgeControl(attempt, observations[index]!, leg.group, { shown: SHOWN, withheld: WITHHELD }),
    ),
  );
}

async function runCases(
  input: PipelineInput,
  target: Target,
  cases: readonly Case[],
  emulated: Emulated | undefined,
  lines: readonly HeaderLine[] = [],
): Promise<Judged[]> {
  const attempts = cases.map((planned): Attempt => {
    const attempt = mintAttempt(planned, input.mint);
    return { ...attempt, lines: [...attempt.lines, ...lines] };
  });
  const observations = await probeAll(
    attempts.map((attempt) => ({ attempt, endpoint: target.endpointFor(attempt.case) })),
    input.probe,
  );
  return attempts.map((attempt, index) =>
    judgeCase(attempt, observations[index]!, { kind: target.kind, fingerprint: input.fingerprint, emulated }),
  );
}

/** The runs of one group, case by case; the questions are all that any reading asked. */
function combineRuns(runs: readonly (readonly Judged[])[]): Judged[] {
  const [first = []] = runs;
  return first.map((one, index) => {
    const questions = [...new Set(runs.flatMap((run) => run[index]!.questions))];
    return {
      ...one,
      cells: combineReadings(
        runs.map((run) => run[index]!.cells),
        questions,
      ),
      questions,
      notes: [...new Set(runs.flatMap((run) => run[index]!.notes))],
    };
  });
}

function tooManyQuestions(one: Judged): Judged {
  const reason = `depends on too many open questions at once: ${one.questions.join(", ")}`;
  return { ...one, cells: one.cells.map((cell) => cannotTell(cell, reason)) };
}
