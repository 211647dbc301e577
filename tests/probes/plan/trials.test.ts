import { describe, expect, it } from "vitest";
import type { Case, Trial } from "../../../probes/facts/case.ts";
import { planCases } from "../../../probes/plan/plan.ts";
import { IAP_IDENTITY_NAMES } from "../../../probes/plan/trial-headers.ts";
import { REFERENCE, contractOf, edit, environmentOf } from "../../support/builders.ts";

const WS = "api.${domain} /ws /ws/*";
const API = "api.${domain} /api/*";

function trials(text: string, route: string, kind: Trial["kind"]): Case[] {
  const contract = contractOf(text);
  return planCases(contract, environmentOf(contract)).filter(
    (each) => each.route === route && each.trial?.kind === kind,
  );
}
const wheres = (cases: readonly Case[]): string[] =>
  cases.map(({ form, path, protocol, client }) => [form, path, protocol, client].join(" "));
const platform = (text: string, route = WS): Extract<Trial, { kind: "platform" }> =>
  trials(text, route, "platform")[0]!.trial as Extract<Trial, { kind: "platform" }>;

describe("the trials of a route", () => {
  it("send the platform's headers once for each path form and protocol, natively", () => {
    expect(wheres(trials(REFERENCE, WS, "platform"))).toEqual([
      "/ws /ws websocket native",
      "/ws /ws http native",
      "/ws/* /ws/ websocket native",
      "/ws/* /ws/ http native",
    ]);
    expect(wheres(trials(REFERENCE, API, "platform"))).toEqual(["/api/* /api/ http native"]);
  });

  it("send credentials of twice the size once for each route, in the route's protocol", () => {
    expect(wheres(trials(REFERENCE, WS, "headroom"))).toEqual(["/ws /ws websocket native"]);
    expect(wheres(trials(REFERENCE, API, "headroom"))).toEqual(["/api/* /api/ http native"]);
  });

  it("send no credential of twice the size on a route without one", () => {
    const text = edit(
      REFERENCE,
      "    headers: [authorization, session-cookie, client-address, request-source, test-bypass, identity]\n",
      "    headers: [client-address, identity]\n",
    );
    expect(trials(text, API, "headroom")).toEqual([]);
  });

  it.each([
    ["jwt-auth, jwt.${token:base64url}", ["1 on 1", "3 on 1", "2 on 2"]],
    ["jwt.${token:base64url}", ["2 on 1", "3 on 1", "2 on 2"]],
    ["jwt-auth, jwt.${token:base64url}, c", ["1 on 1", "2 on 1", "3 on 2"]],
    ["jwt-auth, jwt.${token:base64url}, c, d", ["1 on 1", "2 on 1", "3 on 1", "4 on 2"]],
  ])("offer a list declared as %s in every other length and on two lines", (send, expected) => {
    const text = edit(REFERENCE, 'send: "jwt-auth, jwt.${token:base64url}"', `send: "${send}"`);
    const declared = send.startsWith("jwt-auth") ? text : edit(text, ", answer: jwt-auth", "");
    const lists = trials(declared, WS, "subprotocols").map(
      ({ trial }) => trial as Extract<Trial, { kind: "subprotocols" }>,
    );
    expect(lists.map(({ entries, lines }) => `${entries} on ${lines}`)).toEqual(expected);
  });

  it("offer no list on a plain route, and none where none is declared", () => {
    expect(trials(REFERENCE, API, "subprotocols")).toEqual([]);
    const bare = edit(
      REFERENCE,
      "headers: [authorization, session-token, session-cookie, request-source, test-bypass, identity]",
      "headers: [authorization, session-cookie]",
    );
    expect(trials(bare, WS, "subprotocols")).toEqual([]);
  });

  it("carry what an honest client sends: nothing forbidden, nothing that only the edge writes", () => {
    const [upgrade, plain] = trials(REFERENCE, WS, "platform");
    expect(upgrade!.headers.map(({ id }) => id)).toEqual(["authorization", "session-token", "session-cookie"]);
    expect(upgrade!.answer).toBe("jwt-auth");
    expect(plain!.headers.map(({ id }) => id)).toEqual(["authorization", "session-cookie"]);
    expect(plain).not.toHaveProperty("answer");
  });
});

describe("the identity headers that are tried", () => {
  it("are those declared never, and not IAP's: without IAP they are an open question", () => {
    const { identity, untried } = platform(REFERENCE);
    expect(identity).toEqual(["X-E2E-Bypass", "X-User-Id"]);
    expect(untried).toEqual({
      names: "X-Goog-…",
      reason: "no IAP stands before the service, and no X-Goog- header is declared (P4)",
    });
  });

  it("are IAP's too where the contract declares one of its names", () => {
    const text = edit(REFERENCE, "{ name: X-User-Id,", "{ name: X-Goog-Authenticated-User-Id,");
    const { identity, untried } = platform(text);
    expect([...identity].sort()).toEqual(["X-E2E-Bypass", ...IAP_IDENTITY_NAMES].sort());
    expect(untried).toBeUndefined();
  });

  it("are IAP's too behind IAP, which reads Proxy-Authorization itself", () => {
    const contract = contractOf(REFERENCE);
    const behind = {
      ...contract,
      services: { ...contract.services, backend: { ...contract.services["backend"]!, access: "iap" as const } },
    };
    const [first] = planCases(behind, environmentOf(behind)).filter(({ trial }) => trial?.kind === "platform");
    expect(first!.trial).toMatchObject({ identity: ["X-E2E-Bypass", "X-User-Id", ...IAP_IDENTITY_NAMES] });
    expect(first!.trial).toMatchObject({ hopByHop: ["TE", "Keep-Alive", "Trailer"] });
    expect(platform(REFERENCE).hopByHop).toEqual(["TE", "Keep-Alive", "Proxy-Authorization", "Trailer"]);
  });
});
