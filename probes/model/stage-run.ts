import type { Provenance, Stage, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Backend, RunService, ServedRevisions } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";

/** What Cloud Run answers in place of the container; undefined when the request reaches it. */
export function runAnswer(
  flow: HeaderFlow,
  service: RunService,
  revisions: ServedRevisions,
  upgrade: boolean,
): EdgeAnswer | undefined {
  if (flow.values("authorization").length > 1)
    return answer(401, "several Authorization headers", at("run-ingress", service.by), "R13");
  if (service.iamCheck.value) return iamAnswer(flow, service);
  if (upgrade && service.h2c.value && revisions.described && revisions.earlier.length === 0) {
    return answer(
      503,
      "upstream connect error or disconnect/reset before headers. reset reason: remote reset",
      at("run-front", service.h2c.by),
      "R4",
    );
  }
  return undefined;
}

/** Of several revisions, one that refuses upgrades and others that nothing is known of: chance decides (fact R20). */
export function splitUnknowns({ h2c }: RunService, { described, earlier }: ServedRevisions): Unknown[] {
  if (!h2c.value || !described || earlier.length === 0) return [];
  const reason = `refuses upgrades in a part of the traffic; the rest goes to ${earlier.join(", ")}`;
  return [{ kind: "unknown", reason, by: h2c.by }];
}

/** A backend protocol that cannot upgrade, if it has any say in front of a serverless NEG (facts S6, W6). */
export function protocolAnswer({ protocol }: Backend, { assume }: Oracle): EdgeAnswer | undefined {
  const upgrades = protocol.value === "HTTP" || protocol.value === "HTTPS";
  if (upgrades || assume("backend-protocol") === "ignored") return undefined;
  const body = `the backend protocol is ${protocol.value}, which does not upgrade`;
  return answer(502, body, at("proxy", protocol.by), "W6");
}

/** A probe's credential is no IAM token, so a checked service never lets it in (fact R10). */
function iamAnswer(flow: HeaderFlow, service: RunService): EdgeAnswer {
  const offered = flow.has("x-serverless-authorization") || flow.has("authorization");
  const by = at("run-ingress", service.iamCheck.by);
  return offered
    ? answer(401, "the IAM check is on and the token is not one of Google's", by, "R10")
    : answer(403, "the IAM check is on and the request was not authenticated", by, "R10");
}

type StagedPlace = Provenance & { readonly stage: Stage };

function at(stage: Stage, by: Provenance): StagedPlace {
  return { ...by, stage };
}

function answer(status: number, body: string, by: StagedPlace, fact: string): EdgeAnswer {
  const act: StagedAct = { ...by, effect: `makes Cloud Run answer ${status}: ${body}`, fact };
  return { status, headers: [["content-type", "text/plain"]], body, by: act };
}
