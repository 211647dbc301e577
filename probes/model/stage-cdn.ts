import type { Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Cdn, Product } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import { isUpgrade } from "./stage-front.ts";
import { isLikeGlobal } from "./product.ts";

/**
 * What Cloud CDN makes of a request that cannot be told. A request that no cache answers is forwarded like any other
 * (fact P8); where the origin's answers decide, the answers of a witness say that they are not to be stored.
 */
export function cacheUnknowns(cdn: Cdn | undefined, flow: HeaderFlow, request: EdgeRequest): Unknown[] {
  if (cdn === undefined) return [];
  const isBypassed = cdn.bypass.some((name) => flow.has(name));
  // What is not fetched by GET or HEAD is not stored (RFC 9110 §9.2.3), and a 101 is no answer that could be (P9).
  const isCacheable = ["GET", "HEAD"].includes(request.method) && !isUpgrade(request);
  const mayAnswer = cdn.mayAnswer !== undefined && !isBypassed && isCacheable ? [cdn.mayAnswer] : [];
  return [...cdn.unknowns, ...mayAnswer];
}

/** Whether an upgrade crosses Cloud CDN is open (fact P9, Q12); one that does not fails as any upgrade does (fact H8). */
export function cdnAnswer(cdn: Cdn | undefined, product: Product, asked: Oracle): EdgeAnswer | undefined {
  if (cdn === undefined || asked.assume("upgrade-with-cdn") === "passed") return undefined;
  const body = "Cloud CDN is on, and does not pass an upgrade";
  const status = isLikeGlobal(product, asked) ? 403 : 400;
  return {
    status,
    headers: [],
    body,
    by: { ...cdn.by, effect: `answers ${status}: ${body}`, fact: "P9", stage: "proxy" },
  };
}
