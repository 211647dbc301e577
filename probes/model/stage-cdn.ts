import type { Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Cdn } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";

/**
 * What Cloud CDN makes of a request that cannot be told. A request that no cache answers is forwarded like any other
 * (fact P8); where the origin's answers decide, the answers of a witness say that they are not to be stored.
 */
export function cacheUnknowns(cdn: Cdn | undefined, flow: HeaderFlow): Unknown[] {
  if (cdn === undefined) return [];
  const isBypassed = cdn.bypass.some((name) => flow.has(name));
  return cdn.mayAnswer === undefined || isBypassed ? [...cdn.unknowns] : [...cdn.unknowns, cdn.mayAnswer];
}

/** Whether an upgrade crosses Cloud CDN is open (fact P9, Q12); one that does not fails as any upgrade does (fact H8). */
export function cdnAnswer(cdn: Cdn | undefined, { assume }: Oracle): EdgeAnswer | undefined {
  if (cdn === undefined || assume("upgrade-with-cdn") === "passed") return undefined;
  const body = "Cloud CDN is on, and does not pass an upgrade";
  return {
    status: 403,
    headers: [],
    body,
    by: { ...cdn.by, effect: `answers 403: ${body}`, fact: "P9", stage: "proxy" },
  };
}
