import type { AssumptionName } from "./assumptions.ts";

/**
 * How far a behaviour of the edge is told. `told`: by the facts. `asked`: it is open, and every reading is evaluated.
 * `untouched`: nothing touches it, so that no line of the model acts. `unknown`: a request that meets it gets no definite
 * answer. `elsewhere`: another part of the tool does it.
 */
export type Standing =
  | { readonly kind: "told" }
  | { readonly kind: "asked"; readonly assumptions: readonly AssumptionName[] }
  | { readonly kind: "untouched" }
  | { readonly kind: "unknown" }
  | { readonly kind: "elsewhere"; readonly where: string };

export interface Behaviour {
  /** Number of the row in the table of behaviours: A1, A2, … */
  readonly id: string;
  readonly stage: string;
  readonly what: string;
  readonly sources: readonly string[];
  readonly standing: Standing;
}

const TOLD: Standing = { kind: "told" };
const UNTOUCHED: Standing = { kind: "untouched" };
const UNKNOWN: Standing = { kind: "unknown" };
const asked = (...assumptions: AssumptionName[]): Standing => ({ kind: "asked", assumptions });
const elsewhere = (where: string): Standing => ({ kind: "elsewhere", where });

type Row = readonly [stage: string, what: string, sources: readonly string[], standing: Standing];

const ROWS: readonly Row[] = [
  [
    "client",
    "a page sets no header on an upgrade besides cookies and subprotocols",
    ["B1"],
    elsewhere("the clients of `trace` and of the plan"),
  ],
  [
    "client",
    "a page's cookies, origin and handshake headers are the browser's own",
    ["B1", "B11"],
    elsewhere("the clients of `trace` and of the plan"),
  ],
  ["front", "URL and headers that are too large are refused", ["H15", "H27"], TOLD],
  ["front", "invalid header names: refused on the global scheme, passed on the classic one", ["H14"], TOLD],
  ["front", "an upgrade to anything but `websocket` is refused", ["H7", "H8"], TOLD],
  ["front", "names in lower case on the global scheme", ["H12"], TOLD],
  ["front", "repeated lines may be joined on the global scheme", ["H13"], asked("repeated-headers")],
  [
    "front",
    "slashes and backslashes in the path are folded on the global scheme",
    ["H21", "H22"],
    asked("path-normalisation"),
  ],
  ["front", "names with an underscore", ["H26"], asked("underscore-names")],
  ["front", "headers that `Connection` names", ["H5b"], asked("nominated-headers")],
  ["edge", "a map that redirects to https ends the request, a handshake too", ["U21"], TOLD],
  ["route", "host rules choose the path matcher; no rule: the map's default", ["U11"], TOLD],
  ["route", "path rules: exact, then the longest `/*`, then the default", ["U12"], TOLD],
  [
    "route",
    "route rules by priority, on the client's own headers and query",
    ["U13", "U14", "U15"],
    asked("match-hop-by-hop", "inverted-match-of-nothing"),
  ],
  ["armor", "a policy allows, denies or redirects by what it can see of a request", ["P6"], TOLD],
  ["armor", "a rule's header action writes headers", ["V12"], TOLD],
  ["iap", "a token in `Authorization` is consumed", ["P2"], TOLD],
  ["iap", "a token in `Proxy-Authorization` leaves `Authorization` alone", ["P3"], TOLD],
  ["iap", "identity headers of a client are taken away, IAP's own are set", ["P4"], TOLD],
  ["iap", "without a session: a redirect, a 401, a failed handshake", ["P5"], TOLD],
  ["url-map", "removals of each level, narrow to broad", ["U1", "U2"], TOLD],
  ["url-map", "a header that is set replaces the client's", ["U4"], TOLD],
  ["url-map", "a value with a variable is appended", ["U4", "U7"], TOLD],
  ["url-map", "`replace = false` with a literal value", ["U5"], asked("replace-false-literal")],
  ["url-map", "a name in both lists of one action", ["U3"], asked("remove-and-add")],
  [
    "url-map",
    "reserved names: refused when added; what their removal does is open",
    ["V6", "U8"],
    asked("reserved-removal"),
  ],
  ["url-map", "header actions on the classic scheme are refused", ["U9"], TOLD],
  ["backend", "a custom header overwrites the client's", ["V4"], TOLD],
  ["backend", "a name that the URL map writes too: the map wins on the global scheme", ["V5"], TOLD],
  ["backend", "variables are filled in; an unknown one is empty", ["V3", "V8"], asked("empty-backend-header")],
  ["backend", "names that the API refuses", ["V1"], TOLD],
  ["proxy", "hop-by-hop headers end here", ["H5"], TOLD],
  ["proxy", "the upgrade pair is written anew toward the backend", ["H6"], TOLD],
  ["proxy", "credentials, origin and handshake headers pass", ["H9", "H10"], UNTOUCHED],
  ["proxy", "`Via` is added", ["H1"], TOLD],
  ["proxy", "`X-Forwarded-Proto` is set to the listener's scheme", ["H2", "V9"], TOLD],
  ["proxy", "`X-Forwarded-For` grows by client and load balancer", ["H3"], TOLD],
  ["proxy", "`X-Cloud-Trace-Context` is added where there is none", ["H4"], TOLD],
  ["proxy", "`Connection: Keep-Alive` on the classic scheme", ["H19"], TOLD],
  ["proxy", "`Host` passes unless a rewrite changes it", ["H28", "U22"], TOLD],
  ["proxy", "a rewrite leaves the original URL in two headers", ["H4c"], TOLD],
  ["proxy", "`Early-Data: 1` for requests in 0-RTT", ["H4d"], UNKNOWN],
  ["neg", "tag and URL mask choose service and revision; no fit: 404", ["S11"], TOLD],
  [
    "backend",
    "affinity, port name, draining and balancing say nothing to a serverless NEG; other protocols are open",
    ["S1", "S5", "S6"],
    asked("backend-protocol"),
  ],
  ["run-ingress", "ingress lets the load balancer in, or not", ["R15"], TOLD],
  ["run-ingress", "the IAM check: no token 403, a bad one or several 401", ["R10", "R13"], TOLD],
  ["run-ingress", "the checked token's signature is taken out", ["R12"], TOLD],
  ["run-ingress", "`Authorization` passes beside `X-Serverless-Authorization`", ["R11"], TOLD],
  ["run-front", "`Forwarded`, `traceparent` and a trace context are added", ["R8"], TOLD],
  ["run-front", "HTTP/2 becomes HTTP/1.1 for a port that is not h2c", ["R5"], UNTOUCHED],
  ["run-front", "an upgrade to an h2c port fails with 503", ["R4"], TOLD],
  ["run-front", "no instance, or too many requests", ["R7"], UNKNOWN],
  ["container", "the request timeout ends a WebSocket", ["R2", "W4"], TOLD],
  ["gateway", "API Gateway replaces `Authorization`", ["P7"], UNKNOWN],
  ["mesh", "a service mesh, or a service extension, may change any header", ["R22", "P10"], UNKNOWN],
  ["response", "response actions apply to the 101", ["U24"], asked("actions-on-101")],
];

/** Every behaviour of the edge that is known of, and how far the model tells it. */
export const BEHAVIOURS: readonly Behaviour[] = ROWS.map(([stage, what, sources, standing], index) => ({
  id: `A${index + 1}`,
  stage,
  what,
  sources,
  standing,
}));
