import { describe, expect, it } from "vitest";
import { cannotCarry, subprotocolProblem } from "../../../probes/plan/client-abilities.ts";

const ON_UPGRADE = "a page cannot send this header on an upgrade (B1)";
const WITH_FETCH = "a page cannot set this header with fetch (B9)";

describe("cannotCarry", () => {
  for (const name of ["Authorization", "Sec-WebSocket-Protocol", "Origin", "Connection"]) {
    it(`lets a native client carry ${name} on both protocols`, () => {
      expect([cannotCarry("native", "websocket", name), cannotCarry("native", "http", name)]).toEqual([
        undefined,
        undefined,
      ]);
    });
  }

  for (const [name, onUpgrade, withFetch] of [
    ["Authorization", ON_UPGRADE, undefined],
    ["X-User-Id", ON_UPGRADE, undefined],
    ["Cookie", undefined, undefined],
    ["COOKIE", undefined, undefined],
    ["Sec-WebSocket-Protocol", undefined, WITH_FETCH],
    ["Sec-Fetch-Site", ON_UPGRADE, WITH_FETCH],
    ["Proxy-Authorization", ON_UPGRADE, WITH_FETCH],
    ["Origin", ON_UPGRADE, WITH_FETCH],
    ["HOST", ON_UPGRADE, WITH_FETCH],
    ["Security-Token", ON_UPGRADE, undefined],
    ["Accept-Charset", ON_UPGRADE, WITH_FETCH],
    ["Accept-Encoding", ON_UPGRADE, WITH_FETCH],
    ["Access-Control-Request-Headers", ON_UPGRADE, WITH_FETCH],
    ["Access-Control-Request-Method", ON_UPGRADE, WITH_FETCH],
    ["Access-Control-Request-Private-Network", ON_UPGRADE, WITH_FETCH],
    ["Connection", ON_UPGRADE, WITH_FETCH],
    ["Content-Length", ON_UPGRADE, WITH_FETCH],
    ["Cookie2", ON_UPGRADE, WITH_FETCH],
    ["Date", ON_UPGRADE, WITH_FETCH],
    ["DNT", ON_UPGRADE, WITH_FETCH],
    ["Expect", ON_UPGRADE, WITH_FETCH],
    ["Keep-Alive", ON_UPGRADE, WITH_FETCH],
    ["Referer", ON_UPGRADE, WITH_FETCH],
    ["Set-Cookie", ON_UPGRADE, WITH_FETCH],
    ["TE", ON_UPGRADE, WITH_FETCH],
    ["Trailer", ON_UPGRADE, WITH_FETCH],
    ["Transfer-Encoding", ON_UPGRADE, WITH_FETCH],
    ["Upgrade", ON_UPGRADE, WITH_FETCH],
    ["Via", ON_UPGRADE, WITH_FETCH],
    ["X-Forwarded-For", ON_UPGRADE, undefined],
    ["User-Agent", ON_UPGRADE, undefined],
  ] as const) {
    it(`says what a page can do with ${name} on an upgrade`, () => {
      expect(cannotCarry("browser", "websocket", name)).toBe(onUpgrade);
    });

    it(`says what a page can do with ${name} on a plain request`, () => {
      expect(cannotCarry("browser", "http", name)).toBe(withFetch);
    });
  }
});

describe("the cookies of a page", () => {
  const domain = "staging.example.com";
  const NO = /^a page on .* sends no cookie to .*, which is another site \(B11\)$/;

  for (const [page, host, can] of [
    ["app.staging.example.com", "app.staging.example.com", true],
    ["app.staging.example.com", "api.staging.example.com", true],
    ["staging.example.com", "api.staging.example.com", true],
    ["app.staging.example.com", "api.example.net", false],
    ["app.example.net", "api.staging.example.com", false],
    ["api.example.net", "api.example.net", true],
    // Ends alike, and is no part of it.
    ["app.staging.example.com", "evilstaging.example.com", false],
  ] as const) {
    it(`${can ? "go" : "do not go"} from ${page} to ${host}, on both protocols`, () => {
      for (const protocol of ["http", "websocket"] as const) {
        const reason = cannotCarry("browser", protocol, "Cookie", { page, host, domain });
        if (can) expect(reason).toBeUndefined();
        else expect(reason).toMatch(NO);
      }
    });
  }

  it("of a native client go everywhere", () => {
    const reach = { page: "app.example.net", host: "api.example.com", domain: "example.com" };
    expect(cannotCarry("native", "websocket", "Cookie", reach)).toBeUndefined();
  });
});

describe("subprotocolProblem", () => {
  it.each([[["jwt-auth", "jwt.a-b_c"]], [["v1.token!#$%&'*+-.^_`|~"]], [["a", "A"]], [[]]])(
    "lets a page offer %j",
    (offered) => expect(subprotocolProblem(offered)).toBeUndefined(),
  );

  it.each([
    [["Bearer x"], "an entry is no token"],
    [["a/b"], "an entry is no token"],
    [["YQ=="], "an entry is no token"],
    [[""], "an entry is no token"],
    [['"a"'], "an entry is no token"],
    [["a", "b", "a"], "an entry stands twice"],
  ])("says why a page cannot offer %j, and never repeats it", (offered, why) => {
    expect(subprotocolProblem(offered)).toBe(`a page cannot offer this list of subprotocols: ${why} (B3)`);
  });
});
