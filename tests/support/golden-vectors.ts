import type { HeaderLine } from "../../http/header-list.ts";
import type { HeaderState, Outcome } from "../../probes/facts/trace.ts";
import type { Assumptions } from "../../probes/model/assumptions.ts";
import { ADDRESS } from "./edge-fixture.ts";
import type { SmallEdge } from "./edge-fixture.ts";

export type Protocol = "http" | "websocket";

/** A place in the configuration: address, attribute, and the text that begins there, found once in the file. */
export type Place = readonly [address: string, attribute: string, at?: RegExp];

/** One configuration and one request whose answer the facts give. */
export interface Vector {
  /** G1 to G24. */
  readonly fact: string;
  /** The facts that it follows from. */
  readonly basis: readonly string[];
  readonly name: string;
  /** Both where it is left out. */
  readonly protocols?: readonly Protocol[];
  readonly configure?: (edge: SmallEdge) => void;
  readonly sent?: readonly HeaderLine[];
  readonly target?: string;
  readonly assume?: Assumptions;
  readonly outcome?: Outcome;
  readonly backend?: string;
  readonly status?: number;
  /** Header → values at the container, null for one that nobody knows; state; and the place that had the last word. */
  readonly headers?: Readonly<
    Record<string, readonly [arrives: readonly (string | null)[], state?: HeaderState, by?: Place]>
  >;
  readonly decidedBy?: Place;
  readonly unknownAt?: Place;
  /** Fact and place of what Google refuses. */
  readonly refused?: readonly (readonly [fact: string, at: Place])[];
  /** A step of the request's way. */
  readonly step?: readonly [effect: string, fact: string];
  readonly dependsOn?: readonly string[];
}

const add = (header_name: string, header_value: string, replace = true) => ({
  request_headers_to_add: [{ header_name, header_value, replace }],
});
const remove = (...names: string[]) => ({ request_headers_to_remove: names });

export const CREDENTIALS: readonly HeaderLine[] = [
  ["Authorization", "Bearer c"],
  ["Cookie", "session=c"],
  ["Sec-WebSocket-Protocol", "jwt-auth, jwt.c"],
];
const ADDED = "header_action.request_headers_to_add[0]";
const ROUTE = "path_matcher[0].route_rules[0]";
const MAP = ADDRESS.urlMap;
const SECRET: readonly HeaderLine[] = [["Authorization", "Bearer c"]];

/** Vectors about the URL map, the backend service and the proxy. */
export const EDGE_VECTORS: readonly Vector[] = [
  {
    fact: "G1",
    basis: ["H9"],
    name: "without header configuration everything arrives",
    sent: CREDENTIALS,
    headers: {
      authorization: [
        ["Bearer c"],
        "same",
        [MAP, "header_action.request_headers_to_remove", /\{\s+"name": "main",\s+"default_service"/],
      ],
      cookie: [["session=c"], "same"],
      "sec-websocket-protocol": [["jwt-auth, jwt.c"], "same"],
      via: [["1.1 google"], "added", [ADDRESS.forwardingRule, "", /\{\s+"name": "https",\s+"load_balancing_scheme"/]],
      "x-forwarded-proto": [["https"], "added"],
      "x-forwarded-for": [["198.51.100.7,203.0.113.9"], "added"],
      "x-cloud-trace-context": [["0123456789abcdef0123456789abcdef/1;o=1"], "added"],
    },
    decidedBy: [MAP, `${ROUTE}.service`, /(?<="service": )"\$\{google_compute_backend_service/],
  },
  {
    fact: "G2",
    basis: ["U2"],
    name: "a removal at the URL map takes the header away",
    configure: ({ urlMap }) => (urlMap["header_action"] = remove("Authorization")),
    sent: CREDENTIALS,
    headers: {
      authorization: [[], "removed", [MAP, "header_action.request_headers_to_remove[0]", /"Authorization"/]],
      cookie: [["session=c"], "same"],
    },
  },
  {
    fact: "G3",
    basis: ["U2"],
    name: "a removal at the URL map wipes what the route rule adds",
    configure: ({ urlMap, routeRule }) => {
      routeRule["header_action"] = add("X-A", "r");
      urlMap["header_action"] = remove("X-A");
    },
    headers: { "x-a": [[], "absent", [MAP, "header_action.request_headers_to_remove[0]", /"X-A"\n/]] },
  },
  {
    fact: "G4",
    basis: ["U2"],
    name: "the path matcher overrides the route rule",
    configure: ({ pathMatcher, routeRule }) => {
      routeRule["header_action"] = add("X-A", "r");
      pathMatcher["header_action"] = add("X-A", "p");
    },
    headers: {
      "x-a": [["p"], "added", [MAP, `path_matcher[0].${ADDED}`, /\{\s+"header_name": "X-A",\s+"header_value": "p"/]],
    },
  },
  ...(["remove-first", "add-first"] as const).map((reading): Vector => ({
    fact: "G5",
    basis: ["U3"],
    name: `remove and add at one level, ${reading}`,
    configure: ({ urlMap }) => (urlMap["header_action"] = { ...remove("X-A"), ...add("X-A", "n") }),
    sent: [["X-A", "c"]],
    assume: { "remove-and-add": reading },
    headers: {
      "x-a":
        reading === "remove-first"
          ? [["n"], "replaced", [MAP, ADDED, /\{\s+"header_name": "X-A"/]]
          : [[], "removed", [MAP, "header_action.request_headers_to_remove[0]", /"X-A"\n/]],
    },
    dependsOn: ["remove-and-add"],
  })),
  ...(["sent-empty", "removed"] as const).map((reading): Vector => ({
    fact: "G6",
    basis: ["V3", "V4"],
    name: `a backend header with a variable that does not exist, ${reading}`,
    configure: ({ backend }) => (backend["custom_request_headers"] = ["Authorization: {authorization}"]),
    sent: CREDENTIALS,
    assume: { "empty-backend-header": reading },
    headers: {
      authorization: [
        reading === "sent-empty" ? [""] : [],
        reading === "sent-empty" ? "replaced" : "removed",
        [ADDRESS.api, "custom_request_headers[0]", /"Authorization: \{authorization\}"/],
      ],
      cookie: [["session=c"], "same"],
    },
    dependsOn: ["empty-backend-header"],
  })),
  {
    fact: "G7",
    basis: ["V5"],
    name: "the URL map's value wins over the backend's",
    configure: ({ urlMap, backend }) => {
      urlMap["header_action"] = add("X-A", "u");
      backend["custom_request_headers"] = ["x-a: b"];
    },
    headers: { "x-a": [["u"], "added", [ADDRESS.api, "custom_request_headers[0]", /"x-a: b"/]] },
  },
  {
    fact: "G8",
    basis: ["U4", "U5", "R13"],
    name: "a literal with replace = false, read as replaced",
    configure: ({ urlMap }) => (urlMap["header_action"] = add("Authorization", "Bearer s", false)),
    sent: SECRET,
    assume: { "replace-false-literal": "replaced" },
    headers: { authorization: [["Bearer s"], "replaced", [MAP, ADDED, /\{\s+"header_name": "Authorization"/]] },
    dependsOn: ["replace-false-literal"],
  },
  {
    fact: "G8",
    basis: ["U4", "U5", "R13"],
    name: "a literal with replace = false, read as appended: Cloud Run refuses two credentials",
    configure: ({ urlMap }) => (urlMap["header_action"] = add("Authorization", "Bearer s", false)),
    sent: SECRET,
    assume: { "replace-false-literal": "appended" },
    outcome: "answered-by-edge",
    status: 401,
    dependsOn: ["replace-false-literal"],
  },
  {
    fact: "G10",
    basis: ["U12", "U13"],
    name: "a prefix below /ws/ does not cover /ws",
    configure: ({ matchRules }) => matchRules.splice(0, 1),
    target: "/ws",
    backend: ADDRESS.web,
    decidedBy: [
      MAP,
      "path_matcher[0].default_service",
      /(?<="default_service": )"\$\{google_compute_backend_service\.web\.id\}",\s+"route_rules"/,
    ],
  },
  {
    fact: "G10",
    basis: ["U12", "U13"],
    name: "a prefix below /ws/ covers what is below",
    configure: ({ matchRules }) => matchRules.splice(0, 1),
    target: "/ws/x",
    backend: ADDRESS.api,
  },
  {
    fact: "G11",
    basis: ["U13"],
    name: "a * in a prefix is a literal",
    configure: ({ matchRules }) => matchRules.splice(0, 2, { prefix_match: "/ws*" }),
    target: "/ws",
    backend: ADDRESS.web,
  },
  {
    fact: "G11",
    basis: ["U13"],
    name: "a * in a prefix matches a * in the path",
    configure: ({ matchRules }) => matchRules.splice(0, 2, { prefix_match: "/ws*" }),
    target: "/ws*x",
    backend: ADDRESS.api,
  },
  {
    fact: "G13",
    basis: ["U9"],
    name: "header actions on the classic balancer are refused",
    configure: ({ urlMap, backend, forwardingRule }) => {
      urlMap["header_action"] = add("X-A", "u");
      backend["load_balancing_scheme"] = "EXTERNAL";
      forwardingRule["load_balancing_scheme"] = "EXTERNAL";
    },
    refused: [["U9", [MAP, "header_action", /(?<="header_action": )\{/]]],
  },
  {
    fact: "G13",
    basis: ["U9"],
    name: "a classic forwarding rule and a backend of the global balancer are refused together",
    configure: ({ forwardingRule }) => (forwardingRule["load_balancing_scheme"] = "EXTERNAL"),
    refused: [["M18", [ADDRESS.api, "load_balancing_scheme"]]],
  },
  {
    fact: "G14",
    basis: ["R4"],
    name: "an h2c port breaks the upgrade",
    protocols: ["websocket"],
    configure: ({ ports }) => (ports["name"] = "h2c"),
    outcome: "answered-by-edge",
    status: 503,
    decidedBy: [ADDRESS.apiService, "template.containers[0].ports.name", /"h2c"/],
  },
  {
    fact: "G15",
    basis: ["R5"],
    name: "an h2c port changes no plain request",
    protocols: ["http"],
    configure: ({ ports }) => (ports["name"] = "h2c"),
    sent: CREDENTIALS,
    headers: { authorization: [["Bearer c"], "same"], cookie: [["session=c"], "same"] },
  },
  {
    fact: "G16",
    basis: ["H7", "H8"],
    name: "another upgrade than websocket is refused at the edge",
    protocols: ["http"],
    sent: [
      ["Upgrade", "foo"],
      ["Connection", "Upgrade"],
    ],
    outcome: "rejected-by-edge",
    status: 403,
  },
  ...(["separate", "joined"] as const).map((reading): Vector => ({
    fact: "G24",
    basis: ["B6", "H13"],
    name: `subprotocols in two lines, ${reading}`,
    sent: [
      ["Sec-WebSocket-Protocol", "jwt-auth"],
      ["Sec-WebSocket-Protocol", "jwt.c"],
    ],
    assume: { "repeated-headers": reading },
    headers: {
      "sec-websocket-protocol": reading === "separate" ? [["jwt-auth", "jwt.c"], "same"] : [["jwt-auth,jwt.c"]],
    },
    dependsOn: ["repeated-headers"],
  })),
];
