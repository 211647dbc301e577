import { describe, expect, it } from "vitest";
import { PhaseError, abortFailure, failureOf, harmless } from "../../../probes/probers/failure.ts";

const open = new AbortController().signal;
const coded = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

describe("the phase in which an attempt ended", () => {
  it.each([
    ["dns", "connect"],
    ["tcp", "connect"],
    ["proxy", "proxy"],
    ["tls", "tls"],
    ["sent", "send"],
    ["firstByte", "response"],
    ["head", "response"],
    ["body", "response"],
    ["upgrade", "handshake"],
    ["firstMessage", "witness"],
    ["close", "witness"],
  ] as const)("is, while %s was waited for, %s", (during, phase) => {
    for (const code of ["ECONNRESET", "EPIPE", "HPE_INVALID_CONSTANT", ""])
      expect(failureOf(coded(code), open, during)).toMatchObject({ phase, during });
  });

  it.each([
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls-name"],
    ["CERT_HAS_EXPIRED", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
    ["EPROTO", "tls"],
    ["WS_ERR_UNEXPECTED_RSV_1", "frame"],
  ])("is told by %s alone: %s", (code, phase) => {
    expect(failureOf(coded(code), open, "firstByte").phase).toBe(phase);
  });

  it("is that of an error which knows its own", () => {
    expect(failureOf(new PhaseError("frame", "why"), open, "firstMessage")).toEqual({
      phase: "frame",
      message: "why",
      during: "firstMessage",
    });
  });

  it("is the abort, whatever error came of it", () => {
    const timedOut = AbortSignal.abort(new DOMException("x", "TimeoutError"));
    expect(failureOf(coded("ECONNREFUSED"), timedOut, "tcp").phase).toBe("deadline");
    expect(failureOf(coded("ECONNREFUSED"), AbortSignal.abort(), "tcp").phase).toBe("interrupted");
  });
});

describe("its words", () => {
  it.each([
    [coded("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"), "connect ECONNREFUSED 127.0.0.1:1"],
    [coded("ECONNREFUSED", "refused"), "refused (ECONNREFUSED)"],
    [new Error("plain"), "plain"],
    [coded("ECONNREFUSED", ""), "Error (ECONNREFUSED)"],
    [new AggregateError([new Error("first"), new Error("second")]), "first; second"],
    ["a text", "a text"],
    [undefined, "undefined"],
  ])("%o", (error, message) => {
    expect(failureOf(error, open, "tcp").message).toBe(message);
  });

  it("say what was waited for, where the phase does not", () => {
    expect(failureOf(new Error("plain"), open, "body").message).toBe("plain, within the body of the answer");
  });

  it("hold nothing that moves a cursor or turns a line around", () => {
    const said = failureOf(new Error("a\u001b[31mb\r\n\u009b1m\u202ec\u2028"), open, "tcp").message;
    expect(said).toBe("a\\x1b[31mb\\x0d\\x0a\\x9b1m\\u202ec\\u2028");
    expect(harmless("plain é ✓")).toBe("plain é ✓");
  });
});

describe("an aborted signal", () => {
  it("is a deadline by timeout, also inside another", async () => {
    const timeout = AbortSignal.timeout(1);
    const any = AbortSignal.any([open, timeout]);
    await new Promise((resolve) => any.addEventListener("abort", resolve));
    expect(abortFailure(any, "tls")).toEqual({
      phase: "deadline",
      message: "no answer within the deadline, in the TLS handshake",
      during: "tls",
    });
  });

  it("is an interruption by a person", () => {
    expect(abortFailure(AbortSignal.abort()).phase).toBe("interrupted");
    expect(abortFailure(AbortSignal.abort("why")).phase).toBe("interrupted");
  });
});
