import { describe, expect, it } from "vitest";
import { cannotCarry } from "../../../probes/plan/client-abilities.ts";

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
  ] as const) {
    it(`says what a page can do with ${name} on an upgrade`, () => {
      expect(cannotCarry("browser", "websocket", name)).toBe(onUpgrade);
    });

    it(`says what a page can do with ${name} on a plain request`, () => {
      expect(cannotCarry("browser", "http", name)).toBe(withFetch);
    });
  }
});
