import { describe, expect, it } from "vitest";
import { verify } from "../../../contract/probe-protocol.ts";
import { firstValue } from "../../../http/header-list.ts";
import type { Attempt } from "../../../probes/facts/case.ts";
import { mintAttempt } from "../../../probes/plan/mint.ts";
import { aCase, aHeader, anAttempt, steadyMint } from "../../support/builders.ts";

const SUBPROTOCOL = aHeader({
  id: "session-token",
  name: "Sec-WebSocket-Protocol",
  send: "jwt-auth, jwt.${token:base64url}",
});
const { send: _, ...BARE } = aHeader({ id: "identity", name: "X-User-Id", arrives: { kind: "never" } });
const browser = (): Attempt => anAttempt({ client: "browser", headers: [SUBPROTOCOL] });

describe("mintAttempt", () => {
  it("fills the nonce into the path that asks for it", () => {
    const attempt = anAttempt({ path: "/ws/${nonce}" });
    expect(attempt.target).toBe(`/ws/${attempt.nonce}`);
  });

  it("draws a fresh nonce and fresh canaries for every request", () => {
    const mint = steadyMint();
    const [a, b] = [mintAttempt(aCase(), mint), mintAttempt(aCase(), mint)];
    expect(a.nonce).not.toBe(b.nonce);
    expect(a.canaries["authorization"]).not.toEqual(b.canaries["authorization"]);
  });

  it("draws another token for each header of one request", () => {
    const { canaries } = anAttempt({
      headers: [aHeader(), aHeader({ id: "cookie", name: "Cookie", send: "s=${token}" })],
    });
    expect(canaries["authorization"]).not.toEqual(canaries["cookie"]);
  });

  it("shares a real credential between the headers of a request", () => {
    const mint = steadyMint({ token: "real" });
    const attempt = anAttempt({ headers: [aHeader(), SUBPROTOCOL] }, mint);
    expect(attempt.lines).toEqual(
      expect.arrayContaining([
        ["Authorization", "Bearer real"],
        ["Sec-WebSocket-Protocol", "jwt-auth, jwt.cmVhbA"],
      ]),
    );
  });

  it("makes a token with the shape of a JSON Web Token", () => {
    const value = firstValue(anAttempt().lines, "authorization")!;
    const [header, claims] = value.replace("Bearer ", "").split(".");
    expect(value).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]{43}$/);
    expect(JSON.parse(Buffer.from(header!, "base64url").toString())).toEqual({ alg: "HS256", typ: "JWT" });
    expect(JSON.parse(Buffer.from(claims!, "base64url").toString())).toMatchObject({ sub: "headgate-canary" });
  });

  it("sends a canary for a header without a template, and keeps it secret", () => {
    const attempt = anAttempt({ headers: [BARE] });
    const value = firstValue(attempt.lines, "X-User-Id")!;
    expect(value).toMatch(/^headgate-canary-[0-9a-f]{24}$/);
    expect(attempt.canaries["identity"]).toEqual([value]);
    expect(attempt.secrets).toContain(value);
  });

  it("sends a template without variables as it is, and watches for all of it", () => {
    const attempt = anAttempt({ headers: [aHeader({ id: "address", name: "X-Forwarded-For", send: "203.0.113.7" })] });
    expect(attempt.lines).toContainEqual(["X-Forwarded-For", "203.0.113.7"]);
    expect(attempt.canaries["address"]).toEqual(["203.0.113.7"]);
  });

  it("does not take a template without variables for a secret", () => {
    const attempt = anAttempt({ headers: [aHeader({ send: "203.0.113.7" })] });
    expect(attempt.secrets).toEqual([firstValue(attempt.lines, "X-Headgate-Signature")]);
  });

  it("keeps both forms of a token secret, whichever one is sent", () => {
    const attempt = anAttempt({ headers: [aHeader()] }, steadyMint({ token: "real" }));
    expect(attempt.secrets).toEqual(expect.arrayContaining(["real", "cmVhbA"]));
  });

  it("signs environment, route, nonce and expiry", () => {
    const mint = steadyMint();
    const attempt = mintAttempt(aCase(), mint);
    expect(verify(firstValue(attempt.lines, "x-headgate-signature")!, mint.key, 0)).toEqual({
      environment: "staging",
      route: "api.${domain} /ws",
      nonce: attempt.nonce,
      expiresAt: mint.expiresAt,
    });
  });

  it("keeps the signature secret", () => {
    const attempt = anAttempt();
    expect(attempt.secrets).toContain(firstValue(attempt.lines, "X-Headgate-Signature"));
  });

  it("puts the signature of a page's upgrade into the URL, where alone a page can put it", () => {
    const attempt = browser();
    const [path, signature] = attempt.target.split("?headgate-signature=");
    expect(path).toBe("/ws");
    expect(verify(signature!, steadyMint().key, 0)).toMatchObject({ nonce: attempt.nonce });
    expect(firstValue(attempt.lines, "X-Headgate-Signature")).toBeUndefined();
  });

  it("sends the origin that a page's upgrade has", () => {
    expect(browser().lines[0]).toEqual(["Origin", "https://api.staging.example.com"]);
  });

  it("sends the origin of the page where the page is on another host, with fetch too", () => {
    const page = "app.staging.example.com";
    for (const protocol of ["http", "websocket"] as const)
      expect(anAttempt({ client: "browser", protocol, page }).lines[0]).toEqual(["Origin", `https://${page}`]);
  });

  it("sends no origin with fetch to the page's own", () => {
    const attempt = anAttempt({ client: "browser", protocol: "http" });
    expect(firstValue(attempt.lines, "Origin")).toBeUndefined();
  });

  it("puts the signature of a page's plain request into the URL too: a header would need leave", () => {
    const attempt = anAttempt({ client: "browser", protocol: "http" });
    expect(attempt.target).toContain("?headgate-signature=");
    expect(firstValue(attempt.lines, "X-Headgate-Signature")).toBeUndefined();
  });

  it("says that no page can offer a credential that is no token, and lets a native client try it", () => {
    const literal = aHeader({ id: "session-token", name: "Sec-WebSocket-Protocol", send: "jwt-auth, jwt.${token}" });
    const mint = steadyMint({ token: "a/b==" });
    expect(anAttempt({ client: "browser", headers: [literal] }, mint).impossible).toContain("no token (B3)");
    expect(anAttempt({ client: "native", headers: [literal] }, mint)).not.toHaveProperty("impossible");
    expect(browser()).not.toHaveProperty("impossible");
  });

  it("sends no origin for a native client", () => {
    expect(firstValue(anAttempt().lines, "Origin")).toBeUndefined();
  });

  it("sends nothing for a header that the client cannot carry", () => {
    const attempt = anAttempt({ headers: [], skipped: [{ header: aHeader(), reason: "cannot" }] });
    expect(attempt.lines.map(([name]) => name)).toEqual(["X-Headgate-Signature"]);
  });
});

describe("mintAttempt of a trial", () => {
  const DOUBLED = { kind: "headroom" } as const;

  it("sends each credential in at least twice its size, and nothing else longer", () => {
    const address = aHeader({ id: "address", name: "X-Forwarded-For", send: "203.0.113.7" });
    const headers = [
      aHeader(),
      SUBPROTOCOL,
      aHeader({ id: "cookie", name: "Cookie", send: "session=${token}" }),
      address,
    ];
    const [ordinary, large] = [anAttempt({ headers }), anAttempt({ headers, trial: DOUBLED })];
    for (const name of ["Authorization", "Sec-WebSocket-Protocol", "Cookie"]) {
      const [was, is] = [firstValue(ordinary.lines, name)!.length, firstValue(large.lines, name)!.length];
      expect(is, name).toBeGreaterThanOrEqual(2 * was);
      expect(is, name).toBeLessThan(2.5 * was);
    }
    expect(large.tried!.map(({ name, role }) => `${name} ${role}`)).toEqual([
      "Authorization doubled",
      "Sec-WebSocket-Protocol doubled",
      "Cookie doubled",
    ]);
    expect(firstValue(large.lines, "X-Forwarded-For")).toBe("203.0.113.7");
  });

  it("puts a canary in the place of a real credential that it would make longer", () => {
    const token = "the-real-token-0123456789";
    const large = anAttempt({ trial: DOUBLED }, steadyMint({ token }));
    expect(firstValue(large.lines, "Authorization")).toHaveLength(2 * `Bearer ${token}`.length);
    expect(JSON.stringify(large.lines)).not.toContain(token);
  });

  it("sends hop-by-hop names as they are and identity names in capitals, each with a canary of its own", () => {
    const trial = { kind: "platform", hopByHop: ["TE", "Proxy-Authorization"], identity: ["X-User-Id"] } as const;
    const { lines, tried, secrets } = anAttempt({ trial });
    expect(tried!.map(({ name, role }) => `${name} ${role}`)).toEqual([
      "TE hop-by-hop",
      "Proxy-Authorization hop-by-hop",
      "X-USER-ID identity",
    ]);
    expect(new Set(tried!.map(({ canary }) => canary)).size).toBe(3);
    for (const { name, canary } of tried!) {
      expect(lines.find(([own]) => own === name)![1]).toContain(canary);
      expect(secrets).toContain(canary);
    }
  });

  it.each([
    [1, 1, ["jwt-auth"]],
    [2, 2, ["jwt-auth", "jwt.*"]],
    [3, 1, ["jwt-auth, jwt.*, headgate-canary-*"]],
    [3, 2, ["jwt-auth", "jwt.*, headgate-canary-*"]],
  ] as const)("offers %i entries on %i lines, the one to be selected among them", (entries, lines, expected) => {
    const trial = { kind: "subprotocols", entries, lines } as const;
    const attempt = anAttempt({ headers: [SUBPROTOCOL], answer: "jwt-auth", trial });
    const offered = attempt.lines.filter(([name]) => name === "Sec-WebSocket-Protocol").map(([, value]) => value);
    expect(offered.map((line) => line.replace(/(jwt\.|canary-)[\w.-]+/g, "$1*"))).toEqual(expected);
  });
});
