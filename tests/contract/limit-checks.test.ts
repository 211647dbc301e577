import { describe, expect, it } from "vitest";
import { roomNeeded } from "../../contract/limit-checks.ts";
import type { RouteFile } from "../../contract/well-formed.ts";
import { EVERYTHING, REFERENCE, contractOf, edit, itRefuses, problemsOf } from "../support/builders.ts";
import type { BadContract } from "../support/builders.ts";

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index + 1}`);
const paths = (count: number): string =>
  ids(count)
    .map((id) => `/${id}`)
    .join(", ");

/** Declares sixteen more headers that the edge writes. */
const WRITING = edit(
  REFERENCE,
  "  identity: {",
  `${ids(16)
    .map((id) => `  ${id}: { name: X-${id}, value: v, arrives: { set: v } }\n`)
    .join("")}  identity: {`,
);
/** Declares one more header that the edge writes, on the plain route of the API. */
const LONG = edit(
  edit(REFERENCE, "  identity: {", "  long: { name: X-Long, value: LONG, arrives: { set: x } }\n  identity: {"),
  "client-address, request-source,",
  "client-address, long, request-source,",
);
const WRITTEN_BESIDE = "X-Request-Source".length + "public-edge".length + "X-Long".length;
const LIMITED = `${REFERENCE}edge: { rate-limit: { requests: 100, per: 60s } }\n`;

const BEYOND: readonly BadContract[] = [
  {
    name: "seventeen written headers on one route",
    of: WRITING,
    from: "client-address, request-source,",
    to: `client-address, ${ids(16).join(", ")}, request-source,`,
    stands: "[authorization, session-cookie, client-address, w1,",
    says: [
      "headgate.yaml:61:14  routes[1].headers: the edge would write 17 headers; a backend takes 16 custom headers",
    ],
    accepts: `client-address, ${ids(15).join(", ")}, request-source,`,
  },
  {
    name: "one byte more than 8 KiB of written headers",
    of: LONG,
    from: "value: LONG",
    to: `value: ${"x".repeat(8193 - WRITTEN_BESIDE)}`,
    stands: "[authorization, session-cookie, client-address, long,",
    says: ["headgate.yaml:46:14  routes[1].headers: the edge would write 8193 bytes of headers; the limit is 8192"],
    accepts: `value: ${"x".repeat(8192 - WRITTEN_BESIDE)}`,
  },
  {
    name: "a hundred and one paths",
    from: "paths: [/api/*]",
    to: `paths: [${paths(96)}]`,
    stands: "- host: api.${domain}",
    says: [
      "headgate.yaml:34:3  routes: declares 101 paths; a URL map holds 100 tests, one a path: split the contract by domain",
    ],
    accepts: `paths: [${paths(95)}]`,
  },
  {
    name: "paths that leave no room for the control routes of a preview edge",
    of: edit(EVERYTHING, "requests: 400,", "requests: 4000,"),
    from: "paths: [/reports/*]",
    to: `paths: [${paths(93)}]`,
    stands: "- host: api.${domain}",
    says: [
      "headgate.yaml:84:3  routes: declares 98 paths, and a preview edge adds 3, one a host; a URL map holds 100 tests, one a path: split the contract by domain",
    ],
    accepts: `paths: [${paths(92)}]`,
  },
  {
    name: "a path of the preview edge's control route",
    from: "paths: [/api/*]",
    to: "paths: [/api/*, /.headgate/*]",
    stands: "/.headgate/*]",
    says: [
      "headgate.yaml:43:21  routes[1].paths[1]: /.headgate/ belongs to the preview edge's control route",
      '    value  "/.headgate/*"',
    ],
    accepts: "paths: [/api/*, /.headgate]",
  },
  {
    name: "a path below the control route",
    from: "paths: [/api/*]",
    to: "paths: [/.headgate/control/x]",
    stands: "/.headgate/control/x]",
    says: [
      "headgate.yaml:43:13  routes[1].paths[0]: /.headgate/ belongs to the preview edge's control route",
      '    value  "/.headgate/control/x"',
    ],
    accepts: "paths: [/api/.headgate/x]",
  },
  {
    name: "a rate limit that a run of probes exceeds",
    of: LIMITED,
    from: "requests: 100, per: 60s",
    to: "requests: 99, per: 60s",
    stands: "99,",
    says: [
      "headgate.yaml:58:33  edge.rate-limit.requests: leaves 99 requests a minute to one address; reconnecting sockets and a run of probes need 100",
      "    value  99",
    ],
    accepts: "requests: 100, per: 1m",
  },
  {
    name: "a rate limit over a short interval that comes to too little in a minute",
    of: LIMITED,
    from: "requests: 100, per: 60s",
    to: "requests: 16, per: 10s",
    stands: "16,",
    says: [
      "headgate.yaml:58:33  edge.rate-limit.requests: leaves 96 requests a minute to one address; reconnecting sockets and a run of probes need 100",
      "    value  16",
    ],
    accepts: "requests: 17, per: 10s",
  },
  {
    name: "a rate limit over an hour that comes to too little in a minute",
    of: LIMITED,
    from: "requests: 100, per: 60s",
    to: "requests: 5999, per: 1h",
    stands: "5999,",
    says: [
      "headgate.yaml:58:33  edge.rate-limit.requests: leaves 99 requests a minute to one address; reconnecting sockets and a run of probes need 100",
      "    value  5999",
    ],
    accepts: "requests: 6000, per: 1h",
  },
  {
    name: "a rate limit that shuts reconnecting sockets out",
    of: EVERYTHING,
    from: "requests: 400, per: 10s",
    to: "requests: 2087, per: 60s",
    stands: "2087,",
    says: [
      "headgate.yaml:80:27  edge.rate-limit.requests: leaves 2087 requests a minute to one address; reconnecting sockets and a run of probes need 2088",
      "    value  2087",
    ],
    accepts: "requests: 2088, per: 60s",
  },
];

describe("what a load balancer cannot hold", () => {
  itRefuses("is refused where it stands", BEYOND);

  it("is no headers that the edge only passes or removes, however many", () => {
    const many = WRITING.replaceAll("value: v, arrives: { set: v }", "arrives: never");
    const all = `client-address, ${ids(16).join(", ")}, request-source,`;
    expect(contractOf(edit(many, "client-address, request-source,", all)).routes[1]!.headers).toHaveLength(22);
  });

  it("is counted for one route, and not for all routes of a service together", () => {
    const first = edit(
      WRITING,
      "client-address, request-source,",
      `client-address, ${ids(9).join(", ")}, request-source,`,
    );
    const both = edit(
      first,
      "session-token, session-cookie,",
      `session-token, ${ids(16).slice(9).join(", ")}, session-cookie,`,
    );
    expect(contractOf(both).routes.map(({ headers }) => headers.length)).toEqual([13, 15, 3, 5, 3]);
  });

  it("is told although the edge has an unknown key too", () => {
    const text = edit(LIMITED, "requests: 100, per: 60s }", "requests: 99, per: 60s }, wfa: off");
    expect(problemsOf(text).map(({ path }) => path)).toEqual(["edge.rate-limit.requests", "edge.wfa"]);
  });

  it("is told although the budgets have an unknown key too", () => {
    const text = `${LIMITED}budgets: { concurrent-sockets: 100, flow-p59: 1s }\n`;
    expect(problemsOf(text).map(({ path }) => path)).toEqual(["edge.rate-limit.requests", "budgets.flow-p59"]);
  });
});

describe("roomNeeded", () => {
  const route = (...forms: string[]): RouteFile => ({
    host: "api.${domain}",
    paths: forms,
    service: "backend",
    protocol: "http",
    clients: ["native"],
  });

  it("leaves room for a hundred requests, however few are declared", () => {
    expect(roomNeeded([], 0)).toBe(100);
    expect(roomNeeded([route("/a")], 0)).toBe(100);
    expect(roomNeeded([], 50)).toBe(100);
  });

  it("counts each socket twice", () => {
    expect(roomNeeded([], 51)).toBe(102);
  });

  it("counts an exact path eight times, and a folder twice as often: bare and with a name below it", () => {
    expect(roomNeeded([route("/a")], 50)).toBe(108);
    expect(roomNeeded([route("/a/*")], 50)).toBe(116);
    expect(roomNeeded([route("/a"), route("/b", "/c/*")], 50)).toBe(132);
  });
});

describe("a WAF that is enforced", () => {
  it("is refused beside a WebSocket route on everything, which would keep every request from it", () => {
    const everything = `${edit(REFERENCE, "paths: [/ws, /ws/*]", "paths: [/ws, /ws/*, /live]")}edge: { waf: enforce }\n`;
    expect(contractOf(everything).edge.waf).toBe("enforce");
    const [login = ""] = /  - host: auth[\s\S]*?service: auth\n/.exec(REFERENCE) ?? [];
    const swallowing = edit(everything, login, `${login}    protocol: websocket\n`);
    expect(problemsOf(swallowing).map(({ path, message }) => `${path}: ${message}`)).toEqual([
      "routes[3].paths[0]: is a WebSocket route, and sockets never meet the WAF: with waf: enforce give sockets a path of their own",
    ]);
    expect(contractOf(edit(swallowing, "enforce", "preview")).edge.waf).toBe("preview");
  });
});
