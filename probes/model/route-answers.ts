import { firstValue, hasHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest, ResponseAction } from "../facts/trace.ts";
import { matches } from "./re2.ts";
import type { Cors, Fault } from "./url-map.ts";

/** What a fault does to one request; where chance decides and none is drawn, its abort is open. */
export interface FaultEffect {
  readonly answer?: EdgeAnswer;
  readonly delayMs?: number;
  /** What the shares of the fault leave of the request's draw, for the choice that comes after it. */
  readonly draw: number | undefined;
  readonly unknowns: readonly Unknown[];
}

/** A request that is drawn below the share of a fault meets it (fact W5); 0 and 100 % need no draw. */
export function faultOf(fault: Fault | undefined, { draw }: EdgeRequest): FaultEffect {
  if (fault === undefined) return { draw, unknowns: [] };
  const { abort, delay, by } = fault;
  const delayed = meets(delay?.percent ?? 0, draw);
  const aborted = meets(abort?.percent ?? 0, delayed.rest);
  const base = {
    draw: aborted.rest,
    ...(delay !== undefined && delayed.isMet === true && { delayMs: delay.ms }),
  };
  if (abort === undefined || aborted.isMet === false) return { ...base, unknowns: [] };
  const effect = `the edge answers ${abort.status} itself`;
  if (aborted.isMet === true)
    return {
      ...base,
      answer: {
        status: abort.status,
        headers: [["content-type", "text/plain"]],
        body: "fault filter abort",
        by: { ...by, effect: `is a fault that was asked for: ${effect}`, fact: "W5", stage: "route" },
      },
      unknowns: [],
    };
  const reason = `in ${abort.percent} % of the requests ${effect} (fault_injection_policy)`;
  return { ...base, unknowns: [{ kind: "unknown", reason, affects: "refusal", by }] };
}

/**
 * Whether a request meets a share in percent; undefined where none is drawn for it. What is left of the draw is stretched
 * to a whole one: for one number to decide several things, each by itself.
 */
function meets(
  percent: number,
  draw: number | undefined,
): { readonly isMet: boolean | undefined; readonly rest: number | undefined } {
  const share = percent / 100;
  if (share <= 0 || share >= 1) return { isMet: share >= 1, rest: draw };
  if (draw === undefined) return { isMet: undefined, rest: undefined };
  const isMet = draw < share;
  return { isMet, rest: isMet ? draw / share : (draw - share) / (1 - share) };
}

/** The edge's answer to a preflight from an origin that is allowed (fact U23), and why it cannot be told that it is. */
export function preflightAnswer(
  cors: Cors | undefined,
  request: EdgeRequest,
): { readonly answer?: EdgeAnswer; readonly unknowns: readonly Unknown[] } {
  const origin = allowedOrigin(cors, request);
  const isPreflight = request.method === "OPTIONS" && hasHeader(request.headers, "access-control-request-method");
  if (cors === undefined || !isPreflight || !hasHeader(request.headers, "origin")) return { unknowns: [] };
  const open = origin === undefined ? cors.unread : cors.switch;
  if (origin !== undefined && open.length === 0) return { answer: preflight(cors, origin), unknowns: [] };
  return { unknowns: open.map((each): Unknown => ({ ...each, affects: "refusal" })) };
}

function preflight(cors: Cors, origin: string): EdgeAnswer {
  return {
    status: 200,
    headers: [["access-control-allow-origin", origin], ...cors.headers] as HeaderLine[],
    body: "",
    by: { ...cors.by, effect: "answers the preflight of an allowed origin", fact: "U23", stage: "route" },
  };
}

/** What is written into the answer to an origin that is allowed. */
export function corsActions(cors: Cors | undefined, request: EdgeRequest): ResponseAction[] {
  const origin = allowedOrigin(cors, request);
  if (cors === undefined || origin === undefined) return [];
  const kept = cors.headers.filter(([name]) => /-(expose-headers|credentials)$/.test(name));
  return [["access-control-allow-origin", origin] as const, ...kept].map(([name, value]) => ({
    kind: "add",
    name,
    value,
    replace: true,
  }));
}

function allowedOrigin(cors: Cors | undefined, { headers }: EdgeRequest): string | undefined {
  const origin = firstValue(headers, "origin");
  if (cors === undefined || origin === undefined) return undefined;
  const isAllowed =
    cors.origins.some((each) => each === "*" || each === origin) ||
    cors.originPatterns.some((pattern) => matches(pattern, origin) === true);
  return isAllowed ? origin : undefined;
}
