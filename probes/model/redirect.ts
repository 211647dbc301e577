import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import { replacedPrefix } from "./rewrite.ts";
import type { MatchedPath } from "./routed.ts";
import type { Redirect } from "./url-map.ts";

/** A request on its way to a redirect. */
export interface Redirected {
  readonly request: EdgeRequest;
  readonly host: string;
  /** Path, as it is matched, and query (facts H21, H22). */
  readonly target: string;
  readonly matched: MatchedPath | undefined;
  readonly asked: Oracle;
}

/** The edge's own answer: the request's URL with what the rule changes in it (fact U21). */
export function redirect(to: Redirect, { request, host, target, matched, asked }: Redirected): EdgeAnswer {
  const scheme = to.https ? "https" : request.scheme;
  const [path = "", ...query] = target.split("?");
  const own = to.path ?? (to.prefix === undefined ? path : replacedPrefix(path, to.prefix, matched, asked));
  const rest = to.stripQuery || query.length === 0 ? "" : `?${query.join("?")}`;
  return {
    status: to.status,
    headers: [["location", `${scheme}://${to.host ?? host}${own}${rest}`]],
    body: "",
    by: {
      ...to.by,
      effect: `redirects with ${to.status}`,
      fact: "U21",
      stage: to.https && request.scheme === "http" ? "edge" : "route",
    },
  };
}
