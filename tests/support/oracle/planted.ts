import { HOST, addPolicy, armorRule, EVERYTHING, smallEdge } from "../edge-fixture.ts";
import type { Block, SmallEdge } from "../edge-fixture.ts";
import { HANDSHAKE } from "./random.ts";
import type { Plain } from "./terraform.ts";
import type { Line, OracleRequest, OracleRule } from "./types.ts";

/** A configuration and a request whose answer hangs on one rule of the oracle. */
export interface Planted {
  readonly rule: OracleRule;
  readonly terraform: Plain;
  readonly request: OracleRequest;
}

interface Sent {
  readonly target?: string;
  readonly method?: string;
  readonly host?: string;
  readonly lines?: readonly Line[];
  readonly draw?: number;
}

function planted(rule: OracleRule, patch: (edge: SmallEdge) => unknown, sent: Sent = {}): Planted {
  const { resource } = smallEdge((edge) => void patch(edge));
  const { target = "/ws", method = "GET", host = HOST, lines = [], draw } = sent;
  const where = { scheme: "https", clientAddress: "198.51.100.7", edgeAddress: "203.0.113.9" } as const;
  const headers: Line[] = [["Host", host], ...lines];
  return {
    rule,
    terraform: { resource },
    request: { ...where, method, target, headers, ...(draw !== undefined && { draw }) },
  };
}

const matching =
  (...matches: Block[]) =>
  ({ matchRules }: SmallEdge) =>
    matchRules.splice(0, 2, ...matches);
const acting =
  (route_action: Block, ...matches: Block[]) =>
  (edge: SmallEdge) => {
    matching(...matches)(edge);
    edge.routeRule["route_action"] = route_action;
  };
const byPaths =
  (...paths: string[]) =>
  ({ pathMatcher, routeRule }: SmallEdge) => {
    delete pathMatcher["route_rules"];
    pathMatcher["path_rule"] = paths.map((path, at) => ({
      paths: [path],
      service: at === 0 ? routeRule["service"] : pathMatcher["default_service"],
    }));
  };
const withIap = ({ backend }: SmallEdge): void => void (backend["iap"] = [{ enabled: true }]);
const closed = ({ service }: SmallEdge): void => void delete service["invoker_iam_disabled"];
const weighted = ({ routeRule }: SmallEdge): void => {
  const choices = ["api", "web"].map((name) => ({
    backend_service: `\${google_compute_backend_service.${name}.id}`,
    weight: 1,
  }));
  delete routeRule["service"];
  routeRule["route_action"] = { weighted_backend_services: choices };
};
const masked = ({ cloudRun, service }: SmallEdge): void => {
  service["name"] = "ws";
  delete cloudRun["service"];
  cloudRun["url_mask"] = "/<service>";
};
const classic = ({ forwardingRule, backend, webBackend, pathMatcher }: SmallEdge): void => {
  for (const body of [forwardingRule, backend, webBackend]) body["load_balancing_scheme"] = "EXTERNAL";
  delete pathMatcher["route_rules"];
};
const TENANT = { header_name: "X-Tenant", exact_match: "c" };
const CORS = { disabled: false, allow_origins: ["https://app.example.com"] };
const PREFLIGHT: readonly Line[] = [
  ["Origin", "https://app.example.com"],
  ["Access-Control-Request-Method", "GET"],
];
const TOKEN: Line = ["Authorization", "Bearer aa.bb.cc"];

/** One for each rule that random configurations seldom bring to bear alone. */
export function plantedCases(): Planted[] {
  return [
    planted("U11 wildcard", ({ hostRule }) => (hostRule["hosts"] = ["*.example.com"])),
    planted("U12 wildcard path", byPaths("/ws/*"), { target: "/ws" }),
    planted("U12 longest", byPaths("/ws/*", "/*"), { target: "/ws/x" }),
    planted("U13 or", matching({ prefix_match: "/other" }, { prefix_match: "/ws" })),
    planted("U13 ignore case", matching({ full_path_match: "/WS", ignore_case: true })),
    planted("U13 template", matching({ path_template_match: "/ws/*" }), { target: "/ws/a/b" }),
    planted("U13 query", matching({ prefix_match: "/ws", query_parameter_matches: [{ name: "a", exact_match: "1" }] })),
    planted("U15 header", matching({ prefix_match: "/ws", header_matches: [TENANT] })),
    planted("U15 invert", matching({ prefix_match: "/ws", header_matches: [{ ...TENANT, invert_match: true }] }), {
      lines: [["X-Tenant", "c"]],
    }),
    planted("U20 weights", weighted, { draw: 0.75 }),
    planted("U22 rewrite", acting({ url_rewrite: { path_prefix_rewrite: "/new" } }, { prefix_match: "/ws" })),
    planted("U23 preflight", acting({ cors_policy: CORS }, { prefix_match: "/ws" }), {
      method: "OPTIONS",
      lines: PREFLIGHT,
    }),
    planted(
      "W5 fault",
      acting({ fault_injection_policy: { abort: { http_status: 503, percentage: 100 } } }, { prefix_match: "/ws" }),
    ),
    planted("V12 armor header", (edge) => {
      const adds = { request_headers_to_adds: [{ header_name: "X-A", header_value: "armor" }] };
      addPolicy(edge, [armorRule(1, "allow", "request.path == '/ws'", { header_action: adds }), EVERYTHING]);
    }),
    planted("P2 consumed", withIap, { lines: [TOKEN] }),
    planted("P3 proxy authorization", withIap, { lines: [TOKEN, ["Proxy-Authorization", "Bearer dd.ee.ff"]] }),
    planted("P4 identity", withIap, { lines: [TOKEN, ["X-Goog-Authenticated-User-Id", "forged"]] }),
    planted("S11 mask", masked),
    planted("R11 serverless token", closed, { lines: [TOKEN, ["X-Serverless-Authorization", "Bearer dd.ee.ff"]] }),
    planted("R12 signature", closed, { lines: [TOKEN] }),
    planted("U9 classic", (edge) => {
      classic(edge);
      edge.urlMap["header_action"] = { request_headers_to_remove: ["X-A"] };
    }),
    planted("H19 keep alive", classic),
    planted("H20 custom method", () => undefined, { method: "BREW" }),
    planted("R4 h2c", ({ ports }) => (ports["name"] = "h2c"), { lines: HANDSHAKE }),
  ];
}
