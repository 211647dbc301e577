import type { Observation } from "../../facts/observation.ts";
import { PASS, defineCaseRule, fail, inconclusive } from "../define-rule.ts";
import type { CaseEvidence, Judgement } from "../define-rule.ts";

export const reachesDeclaredService = defineCaseRule({
  id: "reaches-declared-service",
  title: "the request, or the upgrade, reaches the declared service",
  because:
    "A path that falls to another service answers with that service's page, and every socket on it fails as if its credential were lost.",
  fix: "Point the route rule at the declared service, list both the exact path and the one with /*, and keep h2c off services with WebSockets.",
  sources: ["U11", "U12", "U13", "R4", "H8"],
  // A larger credential that is refused says nothing of the route: `header-size-headroom` judges it.
  appliesTo: ({ attempt }) => attempt.case.trial?.kind !== "headroom",
  check: (evidence) => {
    const { attempt, observation } = evidence;
    if (observation.failure !== undefined) return noAnswer(observation);
    const { witness } = observation;
    if (witness === undefined) return notAWitness(evidence);
    if (witness.nonce !== attempt.nonce)
      return inconclusive("the witness answered with a stale nonce: the answer belongs to another request");
    if (witness.service !== attempt.case.service) return fail(`service ${witness.service} answered`);
    const status = observation.response?.status ?? 0;
    if (attempt.case.protocol === "websocket" && status !== 101)
      return fail(`the upgrade reached the service as a plain request, answered ${status}: Upgrade was not passed on`);
    return PASS;
  },
});

function noAnswer({ failure }: Observation): Judgement {
  const { phase, message } = failure!;
  return inconclusive(`unreachable (${phase}): ${message}`);
}

/** In an emulated run every service is a witness, so any other answer came from the edge. Live, it may be the application's. */
function notAWitness({ observation, target, attempt }: CaseEvidence): Judgement {
  const status = observation.response?.status ?? 0;
  const refused = attempt.case.protocol === "websocket" && [400, 403, 426, 500, 502, 503, 504].includes(status);
  if (target === "emulated" || refused || (status >= 300 && status < 400))
    return fail(`answered ${status} before the service was reached`);
  return inconclusive(`answered ${status}, and not by a witness: is one running behind this route, with the same key?`);
}
