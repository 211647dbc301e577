import { describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../../http/header-list.ts";
import type { CaseEvidence } from "../../../../probes/rules/define-rule.ts";
import { tokenNeverEchoed } from "../../../../probes/rules/observed/token-never-echoed.ts";
import { anAttempt, answered, steadyMint } from "../../../support/builders.ts";

const attempt = anAttempt({}, steadyMint({ token: "the-token" }));
const evidence = (...headers: HeaderLine[]): CaseEvidence => ({
  attempt,
  observation: answered(attempt, attempt.lines, { response: { status: 101, headers, body: "" } }),
  target: "emulated",
});

describe("token-never-echoed", () => {
  it("applies where something secret besides the signature is sent", () => {
    expect(tokenNeverEchoed.appliesTo(evidence())).toBe(true);
    expect(tokenNeverEchoed.appliesTo({ ...evidence(), attempt: anAttempt({ headers: [] }) })).toBe(false);
  });

  it("passes when no response header holds a secret", () => {
    expect(tokenNeverEchoed.check(evidence(["Server", "witness"]))).toEqual({ state: "pass" });
  });

  for (const [what, value] of [
    ["the token", "the-token"],
    ["the token inside a longer value", "session=the-token; Secure"],
    ["the other form of the token", `jwt.${Buffer.from("the-token").toString("base64url")}`],
  ] as const) {
    it(`fails when a response header holds ${what}, and names the header alone`, () => {
      expect(tokenNeverEchoed.check(evidence(["Server", "witness"], ["X-Echo", value]))).toEqual({
        state: "fail",
        reason: "response header X-Echo holds a value that the client sent as a secret",
      });
    });
  }

  it("does not take the signature, which the probe itself puts into the URL, for a credential", () => {
    const location = `https://api.example.com/ws?headgate-signature=${attempt.secrets[0]!}`;
    expect(tokenNeverEchoed.check(evidence(["Location", location]))).toEqual({ state: "pass" });
  });

  it.each([
    ["a refusal", 403, "X-Reason"],
    ["a redirect", 302, "Location"],
    ["an error page", 502, "X-Debug"],
    ["a switch of protocols", 101, "Sec-WebSocket-Protocol"],
  ])("looks at every header of %s", (_, status, name) => {
    const headers: HeaderLine[] = [
      ["Server", "x"],
      ["Via", "1.1 google"],
      [name, "https://x/?t=the-token"],
      ["Date", "x"],
    ];
    const { witness: __, ...rest } = evidence().observation;
    const observation = { ...rest, response: { status, headers, body: "" } };
    expect(tokenNeverEchoed.check({ ...evidence(), observation })).toMatchObject({
      state: "fail",
      reason: `response header ${name} holds a value that the client sent as a secret`,
    });
    expect(
      tokenNeverEchoed.check({
        ...evidence(),
        observation: { ...observation, response: { ...observation.response, headers: headers.slice(0, 2) } },
      }),
    ).toEqual({ state: "pass" });
  });

  it("fails when a secret comes back percent-encoded, or in a header's name", () => {
    const odd = anAttempt({}, steadyMint({ token: "to/ken==12345678" }));
    const observation = (...headers: HeaderLine[]) =>
      answered(odd, [], { response: { status: 302, headers, body: "" } });
    for (const line of [
      ["Location", "/login?t=to%2Fken%3D%3D12345678"],
      ["to/ken==12345678", "x"],
    ] as const)
      expect(tokenNeverEchoed.check({ attempt: odd, observation: observation(line), target: "live" }).state).toBe(
        "fail",
      );
  });

  it("fails when the server's close gives a secret as its reason, and not when the client's own does", () => {
    const closing = (by: "server" | "client", reason: string): string =>
      tokenNeverEchoed.check({
        ...evidence(),
        observation: { ...evidence().observation, close: { by, code: 1008, reason } },
      }).state;
    expect(closing("server", "bad token the-token")).toBe("fail");
    expect(closing("server", "bad token")).toBe("pass");
    expect(closing("client", "the-token")).toBe("pass");
  });

  it("is inconclusive when there was no response", () => {
    const { response: _, ...silent } = evidence().observation;
    expect(tokenNeverEchoed.check({ ...evidence(), observation: silent })).toEqual({
      state: "inconclusive",
      reason: "there was no response to look at",
    });
  });
});
