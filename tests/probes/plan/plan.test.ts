import { describe, expect, it } from "vitest";
import type { Case } from "../../../probes/facts/case.ts";
import { planCases } from "../../../probes/plan/plan.ts";
import { REFERENCE, contractOf, edit, environmentOf } from "../../support/builders.ts";

function plan(text: string = REFERENCE): Case[] {
  const contract = contractOf(text);
  return planCases(contract, environmentOf(contract));
}

const names = (cases: readonly Case[]): string[] =>
  cases.map(({ path, protocol, client }) => [path, protocol, client].join(" "));
/** The declared cases of a route; its trials have tests of their own. */
const ofRoute = (cases: readonly Case[], route: string): Case[] =>
  cases.filter((each) => each.route === route && each.trial === undefined);
const WS = "api.${domain} /ws /ws/*";
const only = (cases: readonly Case[], protocol: string, client: string): Case => {
  const found = ofRoute(cases, WS).filter(
    (each) => each.path === "/ws" && each.protocol === protocol && each.client === client,
  );
  expect(found).toHaveLength(1);
  return found[0]!;
};
const carried = ({ headers }: Case): string[] => headers.map(({ id }) => id);
const skipped = (planned: Case): Record<string, string> =>
  Object.fromEntries(planned.skipped.map(({ header, reason }) => [header.id, reason]));

describe("planCases of the reference contract", () => {
  const cases = plan();

  it("tries the WebSocket route on every path, as an upgrade and plainly, with both clients", () => {
    expect(names(ofRoute(cases, WS))).toEqual(
      ["/ws", "/ws/", "/ws/${nonce}"].flatMap((path) => [
        `${path} websocket browser`,
        `${path} websocket native`,
        `${path} http browser`,
        `${path} http native`,
      ]),
    );
  });

  it("tries a plain route plainly, with the native client", () => {
    expect(names(ofRoute(cases, "api.${domain} /api/*"))).toEqual(["/api/ http native", "/api/${nonce} http native"]);
  });

  it("tries every route, and gives every case an id of its own", () => {
    expect(cases.filter(({ trial }) => trial === undefined)).toHaveLength(20);
    expect(cases).toHaveLength(36);
    expect(new Set(cases.map(({ id }) => id)).size).toBe(36);
    expect(new Set(cases.map(({ route }) => route)).size).toBe(5);
  });

  it("fills in the domain of the environment", () => {
    expect([...new Set(cases.map(({ host }) => host))]).toEqual([
      "api.staging.example.com",
      "auth.staging.example.com",
      "app.staging.example.com",
    ]);
  });

  it("names the declared form and its place, also for a path below a folder", () => {
    expect(cases.find(({ path }) => path === "/ws/${nonce}")).toMatchObject({
      form: "/ws/*",
      formAt: { line: 35, column: 18 },
      routeAt: { line: 34, column: 5 },
      service: "backend",
    });
  });

  it("lets a native client carry every header on an upgrade", () => {
    const native = only(cases, "websocket", "native");
    expect(carried(native)).toEqual([
      "authorization",
      "session-token",
      "session-cookie",
      "request-source",
      "test-bypass",
      "identity",
    ]);
    expect(native.skipped).toEqual([]);
  });

  it("lets a page carry cookies and subprotocols on an upgrade, and says why not the rest", () => {
    const page = only(cases, "websocket", "browser");
    const reason = "a page cannot send this header on an upgrade (B1)";
    expect(carried(page)).toEqual(["session-token", "session-cookie"]);
    expect(skipped(page)).toEqual({
      authorization: reason,
      "request-source": reason,
      "test-bypass": reason,
      identity: reason,
    });
  });

  it("lets a page carry everything but the subprotocol on a plain request", () => {
    const page = only(cases, "http", "browser");
    expect(carried(page)).toEqual(["authorization", "session-cookie", "request-source", "test-bypass", "identity"]);
    expect(skipped(page)).toEqual({ "session-token": "a page cannot set this header with fetch (B9)" });
  });

  it("sends a page's requests from the host that the frontend has for itself", () => {
    expect(only(cases, "websocket", "browser").page).toBe("app.staging.example.com");
    expect(only(cases, "http", "browser").page).toBe("app.staging.example.com");
    expect(only(cases, "websocket", "native")).not.toHaveProperty("page");
  });

  it("expects the declared subprotocol of an upgrade, and of no plain request", () => {
    expect(only(cases, "websocket", "browser").answer).toBe("jwt-auth");
    expect(only(cases, "http", "native")).not.toHaveProperty("answer");
  });

  it("carries for each header how it must arrive, what is sent, and where that is declared", () => {
    expect(only(cases, "websocket", "native").headers[3]).toEqual({
      id: "request-source",
      name: "X-Request-Source",
      arrives: { kind: "set", pattern: "^public-edge$" },
      declaredAt: { file: "headgate.yaml", line: 14, column: 74 },
    });
    expect(only(cases, "websocket", "native").headers[0]!.send).toBe("Bearer ${token}");
  });
});

describe("planCases of a route on another site than its pages", () => {
  const foreign = plan(
    REFERENCE.replace(
      "  - host: api.${domain}\n    paths: [/ws, /ws/*]",
      "  - host: api.example.net\n    paths: [/ws, /ws/*]",
    ),
  );
  const page = foreign.find(
    ({ host, client, trial }) => host === "api.example.net" && client === "browser" && trial === undefined,
  )!;

  it("has no cookie to send, and says why", () => {
    expect(carried(page)).toEqual(["session-token"]);
    expect(skipped(page)["session-cookie"]).toBe(
      "a page on app.staging.example.com sends no cookie to api.example.net, which is another site (B11)",
    );
  });
});

describe("planCases of a route for browsers alone", () => {
  const cases = plan(edit(REFERENCE, "clients: [browser, native]", "clients: [browser]"));

  it("tries what must never arrive with the native client too: an attacker is not bound to clients", () => {
    expect(carried(only(cases, "websocket", "native"))).toEqual(expect.arrayContaining(["test-bypass", "identity"]));
    expect(carried(only(cases, "http", "native"))).toEqual(expect.arrayContaining(["test-bypass", "identity"]));
  });

  it("checks with the native client what only it can carry, and nothing else", () => {
    expect(carried(only(cases, "websocket", "native"))).toEqual([
      "authorization",
      "request-source",
      "test-bypass",
      "identity",
    ]);
    expect(carried(only(cases, "http", "native"))).toEqual(["session-token", "test-bypass", "identity"]);
  });

  it("expects no subprotocol where none is offered", () => {
    expect(only(cases, "websocket", "native")).not.toHaveProperty("answer");
  });

  it("leaves the native client out when a page can carry everything", () => {
    const text = edit(
      REFERENCE,
      "    clients: [browser, native] # a browser cannot send Authorization on an upgrade\n",
      "    clients: [browser]\n",
    );
    const own = edit(
      text,
      "headers: [authorization, session-token, session-cookie, request-source, test-bypass, identity]",
      "headers: [session-cookie]",
    );
    expect(new Set(ofRoute(plan(own), WS).map(({ client }) => client))).toEqual(new Set(["browser"]));
  });
});

describe("planCases of a route without headers", () => {
  it("still tries whether the route reaches its service", () => {
    const text = edit(
      REFERENCE,
      "    headers: [authorization, session-cookie, client-address, request-source, test-bypass, identity]\n",
      "",
    );
    expect(ofRoute(plan(text), "api.${domain} /api/*")).toMatchObject([{ headers: [] }, { headers: [] }]);
  });
});
