import type { Provenance, Stage, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Backend, RunService, ServedRevisions } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import { judgeToken } from "./iam-token.ts";
import { hostOf } from "./stage-front.ts";

/** What Cloud Run makes of a request: an answer in place of the container, or what of it cannot be told. */
export interface RunVerdict {
  readonly answer?: EdgeAnswer;
  readonly unknowns: readonly Unknown[];
}

/** Whether the front of Cloud Run lets a request in (facts R10 to R14). It changes the token that it checked. */
export function enterRun(
  flow: HeaderFlow,
  service: RunService,
  request: EdgeRequest,
  { asked, behindIap }: { readonly asked: Oracle; readonly behindIap: boolean },
): RunVerdict {
  const { value, by, unsure } = service.iamCheck;
  const place: StagedPlace = { ...by, stage: "run-ingress" };
  if (flow.values("authorization").length > 1) {
    const several = answer(401, "several Authorization headers", { ...service.by, stage: "run-ingress" }, "R13");
    return { answer: several, unknowns: [] };
  }
  if (!value) {
    if (unsure.length > 0) return { unknowns: unsure };
    flow.step({ ...place, effect: "lets it in: no IAM token is checked", fact: "R10" });
    return { unknowns: [] };
  }
  // P5b: IAP shows a token of its own, and who may call with it, is granted to it elsewhere.
  if (behindIap) return { unknowns: [notTold("IAP's own identity may call the service", by)] };
  return checkToken(flow, service, request, { asked, place });
}

function checkToken(
  flow: HeaderFlow,
  service: RunService,
  request: EdgeRequest,
  { asked, place }: { readonly asked: Oracle; readonly place: StagedPlace },
): RunVerdict {
  const { unsure, by } = service.iamCheck;
  // R11: the platform's own header comes first.
  const name = ["x-serverless-authorization", "authorization"].find((each) => flow.has(each));
  const verdict =
    name === undefined
      ? undefined
      : judgeToken(flow.values(name)[0]!, { host: hostOf(request), audiences: service.audiences });
  if (verdict?.kind === "maybe") {
    const several = flow.values(name!).length > 1 ? [whichToken(name!, by)] : [];
    removeSignature(flow, name!, place, asked);
    return {
      unknowns: [...unsure, ...several, notTold("Google signed the token, and its identity may call the service", by)],
    };
  }
  if (unsure.length > 0) return { unknowns: unsure };
  const refused =
    verdict === undefined
      ? answer(403, "the IAM check is on and the request was not authenticated", place, "R10")
      : answer(401, `the IAM check is on and the token ${verdict.why}`, place, "R10");
  return { answer: refused, unknowns: [] };
}

/** Of several X-Serverless-Authorization lines no page says which is checked, and what becomes of the others. */
function whichToken(header: string, by: Provenance): Unknown {
  const reason = `which of several ${header} lines is checked is not documented (R11)`;
  return { kind: "unknown", reason, affects: "headers", header, by };
}

/** R12: the third part of the token that was checked. */
function removeSignature(flow: HeaderFlow, name: string, place: StagedPlace, { assume }: Oracle): void {
  if (assume("token-signature") === "kept") return;
  const [value = ""] = flow.values(name);
  const cut = value.slice(0, value.lastIndexOf(".") + 1);
  const effect = "replaces the signature of the token that was checked";
  flow.replace(name, `${cut}SIGNATURE_REMOVED_BY_GOOGLE`, { ...place, effect, fact: "R12" });
}

function notTold(what: string, by: Provenance): Unknown {
  const reason = `the IAM check is on, and whether ${what} cannot be told from the configuration (R10)`;
  return { kind: "unknown", reason, affects: "refusal", by };
}

/** A container port that speaks HTTP/2 alone ends every upgrade (fact R4). */
export function portAnswer({ h2c }: RunService, { described, earlier }: ServedRevisions): EdgeAnswer | undefined {
  if (!h2c.value || !described || earlier.length > 0) return undefined;
  const body = "upstream connect error or disconnect/reset before headers. reset reason: remote reset";
  return answer(503, body, { ...h2c.by, stage: "run-front" }, "R4");
}

/** Of several revisions, one that refuses upgrades and others that nothing is known of: chance decides (fact R20). */
export function splitUnknowns({ h2c }: RunService, { described, earlier }: ServedRevisions): Unknown[] {
  if (!h2c.value || !described || earlier.length === 0) return [];
  const reason = `refuses upgrades in a part of the traffic; the rest goes to ${earlier.join(", ")}`;
  return [{ kind: "unknown", reason, affects: "refusal", by: h2c.by }];
}

/** A backend protocol that cannot upgrade: certain on ordinary backends, asked about on serverless NEGs (facts S6, W6). */
export function protocolAnswer(
  { protocol }: Backend,
  { asked, isServerless }: { readonly asked: Oracle; readonly isServerless: boolean },
): EdgeAnswer | undefined {
  if (["HTTP", "HTTPS"].includes(protocol.value)) return undefined;
  if (isServerless && asked.assume("backend-protocol") === "ignored") return undefined;
  const body = `the backend protocol is ${protocol.value}, which does not upgrade`;
  return answer(502, body, { ...protocol.by, stage: "proxy" }, "W6");
}

/** How long a socket may stay open: the request timeout of the service, whatever the balancer allows (facts R2, W4). */
export function lifetime({ timeoutSeconds: { value, by } }: RunService): StagedAct {
  const effect =
    value === undefined
      ? "ends an open socket after its timeout, which cannot be read"
      : `ends an open socket after ${value} s at the latest`;
  return { ...by, effect, fact: "W4", stage: "container" };
}

type StagedPlace = Provenance & { readonly stage: Stage };

function answer(status: number, body: string, by: StagedPlace, fact: string): EdgeAnswer {
  const act: StagedAct = { ...by, effect: `makes Cloud Run answer ${status}: ${body}`, fact };
  return { status, headers: [["content-type", "text/plain"]], body, by: act };
}
