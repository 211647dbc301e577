import { describe, expect, it } from "vitest";
import { isHopByHop } from "../../http/hop-by-hop.ts";

describe("isHopByHop", () => {
  for (const name of [
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "TE",
    "Trailer",
    "Trailers",
    "Transfer-Encoding",
    "Upgrade",
  ]) {
    it(`counts ${name} to one connection`, () => {
      expect(isHopByHop(name)).toBe(true);
    });
  }

  for (const name of ["Authorization", "Sec-WebSocket-Protocol", "Sec-WebSocket-Key", "Cookie", "Content-Length"]) {
    it(`lets ${name} cross`, () => {
      expect(isHopByHop(name)).toBe(false);
    });
  }
});
