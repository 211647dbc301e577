import { describe, expect, it } from "vitest";
import { addEdge, addRedirectListener, smallEdge } from "../support/edge-fixture.ts";
import type { SmallEdge } from "../support/edge-fixture.ts";
import { askOracle } from "../support/oracle/ask.ts";
import { HANDSHAKE } from "../support/oracle/random.ts";
import { UNKNOWN_VALUE } from "../support/oracle/types.ts";
import type { Line, OracleAnswer, OracleRequest, Text } from "../support/oracle/types.ts";

const HOST = "api.example.com";
const GET: OracleRequest = {
  scheme: "https",
  method: "GET",
  target: "/ws",
  headers: [["Host", HOST]],
  clientAddress: "198.51.100.7",
  edgeAddress: "203.0.113.9",
};
const CREDENTIALS: readonly Line[] = [
  ["Authorization", "Bearer c"],
  ["Cookie", "session=c"],
  ["Sec-WebSocket-Protocol", "jwt-auth, jwt.c"],
];

type Way = "http" | "websocket";
const WAYS: readonly Way[] = ["http", "websocket"];

interface Vector {
  readonly patch?: (edge: SmallEdge) => unknown;
  readonly lines?: readonly Line[];
  readonly more?: Partial<OracleRequest>;
  readonly reading?: Readonly<Record<string, string>>;
}

function ask(way: Way, { patch, lines = [], more = {}, reading = {} }: Vector): OracleAnswer {
  const { resource } = smallEdge((edge) => void patch?.(edge));
  const headers = [...GET.headers, ...(way === "websocket" ? HANDSHAKE : []), ...lines];
  return askOracle({ resource }, { ...GET, headers, ...more }, { reading });
}

function arrives(way: Way, name: string, vector: Vector): Text[] {
  return ask(way, vector)
    .arrives.filter(([own]) => own === name.toLowerCase())
    .map(([, value]) => value);
}

const act = (more: object): object => ({ header_action: more });
const add = (header_value: string, replace: boolean, header_name = "X-A"): object => ({
  request_headers_to_add: [{ header_name, header_value, replace }],
});

describe.each(WAYS)("over %s, the oracle says of vector", (way) => {
  it("G1: everything that a client sends arrives, and the edge adds H1 to H4", () => {
    const { outcome, arrives: lines } = ask(way, { lines: CREDENTIALS });
    expect(outcome).toEqual({
      kind: "backend",
      backend: "google_compute_backend_service.api",
      service: "google_cloud_run_v2_service.api",
    });
    for (const [name, value] of CREDENTIALS) expect(lines).toContainEqual([name.toLowerCase(), value]);
    expect(lines).toContainEqual(["via", "1.1 google"]);
    expect(lines).toContainEqual(["x-forwarded-proto", "https"]);
    expect(lines).toContainEqual(["x-forwarded-for", "198.51.100.7,203.0.113.9"]);
    expect(lines).toContainEqual(["x-cloud-trace-context", UNKNOWN_VALUE]);
  });

  it("G2: a removal at the URL map removes", () => {
    const patch = ({ urlMap }: SmallEdge) =>
      Object.assign(urlMap, act({ request_headers_to_remove: ["Authorization"] }));
    expect(arrives(way, "Authorization", { lines: CREDENTIALS, patch })).toEqual([]);
  });

  it("G3: the URL map removes what a route rule added", () => {
    const patch = ({ routeRule, urlMap }: SmallEdge) => {
      Object.assign(routeRule, act(add("r", true)));
      Object.assign(urlMap, act({ request_headers_to_remove: ["X-A"] }));
    };
    expect(arrives(way, "X-A", { patch })).toEqual([]);
  });

  it("G4: the path matcher has the last word over the route rule", () => {
    const patch = ({ routeRule, pathMatcher }: SmallEdge) => {
      Object.assign(routeRule, act(add("r", true)));
      Object.assign(pathMatcher, act(add("p", true)));
    };
    expect(arrives(way, "X-A", { patch })).toEqual(["p"]);
  });

  it("G5: one action removes and then adds, until Q5 is answered otherwise", () => {
    const patch = ({ urlMap }: SmallEdge) =>
      Object.assign(urlMap, act({ ...add("n", true), request_headers_to_remove: ["X-A"] }));
    const lines: readonly Line[] = [["X-A", "c"]];
    expect(arrives(way, "X-A", { patch, lines })).toEqual(["n"]);
    expect(arrives(way, "X-A", { patch, lines, reading: { "remove-and-add": "add-first" } })).toEqual([]);
  });

  it("G6: a variable that does not exist blanks the client's credential", () => {
    const patch = ({ backend }: SmallEdge) => (backend["custom_request_headers"] = ["Authorization: {authorization}"]);
    expect(arrives(way, "Authorization", { patch, lines: CREDENTIALS })).toEqual([""]);
  });

  it("G7: the URL map wins over the backend service", () => {
    const patch = ({ urlMap, backend }: SmallEdge) => {
      Object.assign(urlMap, act(add("u", true)));
      backend["custom_request_headers"] = ["X-A: b"];
    };
    expect(arrives(way, "X-A", { patch })).toEqual(["u"]);
  });

  it("G8: a literal that is not to replace leaves one value or two, and neither is the client's credential", () => {
    const patch = ({ urlMap }: SmallEdge) => Object.assign(urlMap, act(add("Bearer s", false, "Authorization")));
    expect(arrives(way, "Authorization", { patch, lines: CREDENTIALS })).toEqual(["Bearer s"]);
    const appended = ask(way, { patch, lines: CREDENTIALS, reading: { "replace-false-literal": "appended" } });
    expect(appended.outcome).toMatchObject({ kind: "rejected", statuses: [401] });
  });

  it("G9: hop-by-hop names in custom headers are no configuration", () => {
    const patch = ({ backend }: SmallEdge) => (backend["custom_request_headers"] = ["Connection: upgrade"]);
    expect(ask(way, { patch }).outcome).toEqual({ kind: "unknown", rows: ["A31", "V1"] });
  });

  it.each([
    ["G10: a path rule /ws/* does not match /ws", { path_rule: { paths: ["/ws/*"] } }],
    ["G11: a prefix /ws* is literal", { route_rules: [{ priority: 1, match_rules: { prefix_match: "/ws*" } }] }],
    [
      "G12: a match on Authorization sees no browser",
      {
        route_rules: [
          {
            priority: 1,
            match_rules: {
              prefix_match: "/",
              header_matches: { header_name: "Authorization", present_match: true },
            },
          },
        ],
      },
    ],
  ])("%s", (_, rules) => {
    const patch = ({ pathMatcher }: SmallEdge) => {
      delete pathMatcher["route_rules"];
      const [[key, rule]] = Object.entries<object | object[]>(rules) as [[string, object | object[]]];
      const service = "${google_compute_backend_service.api.id}";
      pathMatcher[key] = Array.isArray(rule) ? [{ ...rule[0], service }] : { ...rule, service };
    };
    expect(ask(way, { patch }).outcome).toMatchObject({ backend: "google_compute_backend_service.web" });
  });

  it("G13: Google refuses the classic scheme its route rules, its header actions and a backend of another one", () => {
    const patch = ({ forwardingRule, urlMap }: SmallEdge) => {
      forwardingRule["load_balancing_scheme"] = "EXTERNAL";
      urlMap["header_action"] = { request_headers_to_remove: ["X-A"] };
    };
    expect(ask(way, { patch }).outcome).toMatchObject({ kind: "unknown", rows: ["U9", "U9", "A27", "M18"] });
  });

  it("G14, G15: a container port h2c ends upgrades alone", () => {
    const patch = ({ ports }: SmallEdge) => (ports["name"] = "h2c");
    const { outcome } = ask(way, { patch });
    if (way === "http") expect(outcome.kind).toBe("backend");
    else expect(outcome).toMatchObject({ kind: "rejected", statuses: [503] });
  });

  it("G17: a private service is closed to whoever sends no token", () => {
    const patch = ({ service }: SmallEdge) => delete service["invoker_iam_disabled"];
    expect(ask(way, { patch }).outcome).toMatchObject({ kind: "rejected", statuses: [403] });
  });

  it("G18, G19: an identity-aware proxy is not answered for", () => {
    const patch = ({ backend }: SmallEdge) => (backend["iap"] = { enabled: true });
    expect(ask(way, { patch, lines: CREDENTIALS }).outcome).toMatchObject({ kind: "unknown" });
  });

  it("G23: the balancer reaches a service that is closed to everybody else", () => {
    expect(ask(way, {}).outcome.kind).toBe("backend");
  });

  it("G24: a list in two lines keeps its members", () => {
    const lines: readonly Line[] = [
      ["Sec-WebSocket-Protocol", "jwt-auth"],
      ["Sec-WebSocket-Protocol", "jwt.c"],
    ];
    expect(arrives(way, "Sec-WebSocket-Protocol", { lines })).toEqual(["jwt-auth", "jwt.c"]);
    const reading = { "repeated-headers": "joined" };
    expect(arrives(way, "Sec-WebSocket-Protocol", { lines, reading })).toEqual(["jwt-auth,jwt.c"]);
  });
});

describe("the oracle", () => {
  it("G16: refuses an upgrade to anything else", () => {
    const lines: readonly Line[] = [["Upgrade", "foo"]];
    expect(ask("http", { lines }).outcome).toMatchObject({ kind: "rejected", statuses: [400, 403] });
  });

  it("keeps what a client supplied in front of X-Forwarded-For, without a blank (H3)", () => {
    const lines: readonly Line[] = [["X-Forwarded-For", "203.0.113.77"]];
    expect(arrives("http", "X-Forwarded-For", { lines })).toEqual(["203.0.113.77,198.51.100.7,203.0.113.9"]);
  });

  it("redirects, refuses a name without a certificate, and hears nobody where nobody listens", () => {
    const more = { scheme: "http", target: "/a?b=c" } as const;
    expect(ask("http", { more }).outcome).toEqual({ kind: "no-listener" });
    expect(ask("http", { more, patch: (edge) => addRedirectListener(edge) }).outcome).toEqual({
      kind: "redirect",
      status: 301,
      location: `https://${HOST}/a?b=c`,
    });
    expect(ask("http", { more: { headers: [["Host", "other.example.com"]] } }).outcome).toEqual({ kind: "tls-error" });
  });

  it("tells two edges apart by their label", () => {
    const { resource } = smallEdge((edge) => void addEdge(edge, "preview"));
    const backend = (edge?: string) => askOracle({ resource }, GET, { ...(edge && { edge }) }).outcome;
    expect(backend()).toMatchObject({ backend: "google_compute_backend_service.api" });
    expect(backend("preview")).toMatchObject({ backend: "google_compute_backend_service.web" });
  });
});
