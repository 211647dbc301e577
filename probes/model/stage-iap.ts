import { firstValue, hasHeader, sameName } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import type { Provenance, Stage, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import type { Oracle } from "./assumptions.ts";
import type { Iap } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import { isUpgrade } from "./stage-front.ts";

/** What IAP tells a service of the user, and takes from a client (facts P4, A19). */
const IDENTITY = /^x-goog-(iap-.*|authenticated-user-.*)$/i;
const TOLD = ["x-goog-iap-jwt-assertion", "x-goog-authenticated-user-email", "x-goog-authenticated-user-id"];

/** Session cookies of IAP. */
const SESSION = /(?:^|[;\s])(?:GCP_IAAP_|GCP_IAP_|__Host-GCP_IAP_)[^=]*=/;

/** What IAP makes of a request: an answer of its own, or what of it cannot be told. */
export type IapVerdict = { readonly answer: EdgeAnswer } | { readonly unknowns: readonly Unknown[] };

export interface IapContext {
  readonly stage: Stage;
  readonly asked: Oracle;
  /** True where Cloud Run is behind it. */
  readonly isRun: boolean;
}

/** The identity-aware proxy, before a backend or on a Cloud Run service (facts P1 to P5b). It changes the headers. */
export function passIap(
  iap: Iap | undefined,
  flow: HeaderFlow,
  request: EdgeRequest,
  { stage, asked, isRun }: IapContext,
): IapVerdict {
  if (iap === undefined) return { unknowns: [] };
  if (iap.kind === "unknown") return { unknowns: [{ ...iap, affects: "refusal" }, ...doubts(iap.by)] };
  const at: StagedPlace = { ...iap.by, stage };
  const credential = credentialOf(flow, stage === "iap" ? request.headers : flow.lines);
  if (credential === undefined) return { answer: refusal(request, at, asked) };
  const unknowns: Unknown[] = [maybeGood(credential, iap.by)];
  if (credential === "authorization")
    flow.remove("authorization", act(at, "consumes the token that it lets the request in by", "P2"));
  // A session may be what lets the request in, or the token beside it, which is then consumed.
  if (credential === "cookie" && flow.has("authorization"))
    unknowns.push({
      kind: "unknown",
      reason: "IAP takes Authorization away if it is what lets the request in (P2), and the cookie may be it",
      affects: "headers",
      header: "authorization",
      by: iap.by,
    });
  tellIdentity(flow, at, isRun);
  return { unknowns };
}

type StagedPlace = Provenance & { readonly stage: Stage };

function act(at: StagedPlace, effect: string, fact: string): StagedAct {
  return { ...at, effect, fact };
}

type Credential = "proxy-authorization" | "authorization" | "cookie";

/**
 * P3: a token in Proxy-Authorization is the one that IAP takes, and leaves Authorization alone. At the edge it is read
 * before the proxy drops it (fact H11); IAP on a service sees what is left.
 */
function credentialOf(flow: HeaderFlow, headers: HeaderList): Credential | undefined {
  if (hasHeader(headers, "proxy-authorization")) return "proxy-authorization";
  if (headers.some(([name, value]) => sameName(name, "cookie") && SESSION.test(value))) return "cookie";
  return flow.has("authorization") ? "authorization" : undefined;
}

function maybeGood(credential: Credential, by: Provenance): Unknown {
  const what = credential === "cookie" ? "a session cookie" : `a token in ${credential}`;
  const reason = `IAP is on, and whether it takes ${what} cannot be told from the configuration (P2, P3, P5)`;
  return { kind: "unknown", reason, affects: "refusal", by };
}

/** P5: a page is sent to sign in, a script is told so; which of it happens to a handshake is open. */
function refusal(request: EdgeRequest, at: StagedPlace, { assume }: Oracle): EdgeAnswer {
  const isScript = /^xmlhttprequest$/i.test(firstValue(request.headers, "x-requested-with") ?? "");
  const status = isUpgrade(request) ? Number(assume("iap-handshake-status")) : isScript ? 401 : 302;
  const body = "IAP is on and the request has no session";
  return { status, headers: [], body, by: act(at, `answers ${status}: ${body}`, "P5") };
}

/** The values are Google's own, and so not known here (facts P4, P5b). */
function tellIdentity(flow: HeaderFlow, at: StagedPlace, isRun: boolean): void {
  for (const [name] of flow.lines.filter(([own]) => IDENTITY.test(own)))
    flow.remove(name, act(at, "strips what a client says of its own identity", "P4"));
  for (const name of TOLD) flow.append(name, PLACEHOLDER, act(at, "tells who the user is", "P4"));
  if (isRun)
    flow.replace("x-serverless-authorization", PLACEHOLDER, act(at, "shows Cloud Run a token of its own", "P5b"));
}

/** Headers of which nobody knows what arrives where IAP may be on. */
function doubts(by: Provenance): Unknown[] {
  const reason = "IAP may be on, which takes a token away and tells of the user (P2, P4)";
  return ["authorization", ...TOLD, "x-serverless-authorization"].map((header) => ({
    kind: "unknown",
    reason,
    affects: "headers",
    header,
    by,
  }));
}
