import { describe, expect, it } from "vitest";
import { INDISCREET, discretion } from "../../../probes/report/trace-secrets.ts";
import { fingerprint } from "../../support/builders.ts";

const typed = (headers: [string, string][], target = "/") => discretion({ headers, target }, fingerprint);
const SECRET = "s3cret-value";

describe("discretion", () => {
  it.each([
    "Authorization",
    "PROXY-AUTHORIZATION",
    "X-Serverless-Authorization",
    "Cookie",
    "Set-Cookie",
    "Sec-WebSocket-Protocol",
    "X-Api-Key",
    "X-Auth-Token",
    "X-Goog-Iap-Jwt-Assertion",
    "X-E2E-Bypass",
  ])("hides the value of %s, whoever wrote it", (name) => {
    expect(typed([]).value(name, SECRET)).toEqual(fingerprint(SECRET));
  });

  it.each(["Host", "Origin", "X-Request-Source", "X-Forwarded-For", "Sec-WebSocket-Version"])("shows %s", (name) => {
    expect(typed([]).value(name, "plain")).toBe("plain");
  });

  it.each([
    ["the whole value", "Authorization", SECRET],
    ["what stands behind a scheme", "Authorization", `Bearer ${SECRET}`],
    ["the value of a cookie", "Cookie", `a=1; session=${SECRET}`],
    ["an entry of a list", "Sec-WebSocket-Protocol", `jwt-auth, ${SECRET}`],
  ])("finds %s wherever it comes out again", (_, name, value) => {
    const { text, value: show } = typed([[name, value]]);
    expect(text(`at https://example.com/?x=${SECRET}`)).not.toContain(SECRET);
    expect(show("X-Copy", `copy of ${SECRET}`)).toEqual(fingerprint(`copy of ${SECRET}`));
  });

  it("hides the values of a query, also short ones and one without a name, and keeps the names", () => {
    const { text } = typed([], "/a?t=1&flag&token=abc");
    expect(text("https://example.com/a?t=1&flag&token=abc")).toMatch(
      /^https:\/\/example\.com\/a\?t=#[0-9a-f]{8} \(1 bytes\)&#[0-9a-f]{8} \(4 bytes\)&token=#[0-9a-f]{8} \(3 bytes\)$/,
    );
  });

  it("hides a JSON Web Token that nobody announced", () => {
    expect(typed([]).text("/ws/eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.sig/x")).toMatch(
      /^\/ws\/#[0-9a-f]{8} \(\d+ bytes\)\/x$/,
    );
  });

  it("takes a secret by its characters, not for a pattern", () => {
    const { text } = typed([["Authorization", "a.c+(d)$&"]]);
    expect(text("abc+(d)$& a.c+(d)$&")).toMatch(/^abc\+\(d\)\$& #[0-9a-f]{8} \(9 bytes\)$/);
  });

  it("is put aside where values were asked for", () => {
    expect(INDISCREET.value("Authorization", SECRET)).toBe(SECRET);
    expect(INDISCREET.text(SECRET)).toBe(SECRET);
  });
});
