import type { Attempt, Case } from "../facts/case.ts";
import type { Control } from "../facts/result.ts";
import type { Target } from "../facts/target.ts";
import { SHOWN, WITHHELD, planControl } from "../plan/controls.ts";
import { matchServices } from "../plan/match-services.ts";
import { mintAttempt } from "../plan/mint.ts";
import { probeAll } from "../probers/probe-all.ts";
import { judgeControl, mergeControls } from "../rules/judge-controls.ts";
import { emulatedTarget } from "../targets/emulated.ts";
import { NO_TICKET } from "./approach.ts";
import type { Approach, Ticket } from "./approach.ts";
import type { Judged, PipelineInput } from "./input.ts";
import { judgeCase } from "./judge-case.ts";
import type { Emulated } from "./judge-case.ts";
import { closedControls } from "./preview-control.ts";
import { redact } from "../probers/redact.ts";
import { underEveryReading } from "./readings.ts";

export interface Probed {
  readonly judged: Judged[];
  readonly controls: Control[];
}

/** Each case through the emulated edge, under every reading of the open questions that its own trace asks. */
export async function probeEmulated(input: PipelineInput, approach: Approach, cases: readonly Case[]): Promise<Probed> {
  const { env, model } = approach;
  const match = matchServices(input.contract, model.services, model.edge);
  const controls: Control[] = [];
  const judged = await underEveryReading(cases, async (assumptions, own) => {
    const emulated = { model, match, assumptions, clientAddress: approach.clientAddress };
    const target = await startEmulated(input, emulated);
    try {
      if (controls.length === 0)
        controls.push(
          ...(await runControls(input, env, target)),
          ...(await closedControls(input, approach, cases, target, assumptions)),
        );
      return await runCases(input, target, own, { emulated, ticket: { lines: approach.lines, secrets: [] } });
    } finally {
      await target.close();
    }
  });
  return { judged, controls };
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

/** The controls of every way past or through the edge, each request with what the edge wants to see. */
export async function runControls(
  input: PipelineInput,
  env: string,
  target: Target,
  ticket = NO_TICKET,
): Promise<Control[]> {
  const wanted = new Set(input.contract.routes.map(({ protocol }) => protocol)).add("http");
  const planned = target.controlLegs.flatMap((leg) =>
    leg.protocols
      .filter((protocol) => wanted.has(protocol))
      .map((protocol) => ({
        leg,
        attempt: withTicket(mintAttempt(planControl(env, leg, protocol), input.mint), ticket),
      })),
  );
  const observations = await probeAll(
    planned.map(({ leg, attempt }) => ({ attempt, endpoint: leg.endpoint })),
    input.probe,
  );
  return mergeControls(
    planned.flatMap(({ leg, attempt }, index) =>
      judgeControl(attempt, observations[index]!, leg.group, { shown: SHOWN, withheld: WITHHELD }).map((control) =>
        withoutSecrets(control, attempt),
      ),
    ),
  );
}

/** A server that ends a control may say why in the control's own words. */
export function withoutSecrets(control: Control, { secrets }: Attempt): Control {
  return control.reason === undefined ? control : { ...control, reason: redact(control.reason, secrets) };
}

/** What an edge is known to be, beside where it is. */
interface Known {
  readonly ticket: Ticket;
  readonly emulated?: Emulated;
  readonly stamp?: string | undefined;
}

/** Sends every case and judges what came of it. */
export async function runCases(
  input: PipelineInput,
  target: Target,
  cases: readonly Case[],
  { ticket, emulated, stamp }: Known,
): Promise<Judged[]> {
  const attempts = cases.map((planned) => withTicket(mintAttempt(planned, input.mint), ticket));
  const observations = await probeAll(
    attempts.map((attempt) => ({ attempt, endpoint: target.endpointFor(attempt.case) })),
    input.probe,
  );
  return attempts.map((attempt, index) =>
    judgeCase(attempt, observations[index]!, { kind: target.kind, fingerprint: input.fingerprint, emulated, stamp }),
  );
}

function withTicket(attempt: Attempt, { lines, secrets }: Ticket): Attempt {
  return { ...attempt, lines: [...attempt.lines, ...lines], secrets: [...attempt.secrets, ...secrets] };
}
