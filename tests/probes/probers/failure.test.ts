import { describe, expect, it } from "vitest";
import { abortFailure, failureOf } from "../../../probes/probers/failure.ts";

const open = new AbortController().signal;
const coded = (code: string, message = "it failed") => Object.assign(new Error(message), { code });

describe("the phase in which an attempt ended", () => {
  it.each([
    ["ECONNREFUSED", "connect"],
    ["ENOTFOUND", "connect"],
    ["EAI_AGAIN", "connect"],
    ["EHOSTUNREACH", "connect"],
    ["ENETUNREACH", "connect"],
    ["ETIMEDOUT", "connect"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls-name"],
    ["CERT_HAS_EXPIRED", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "tls"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
    ["ECONNRESET", "response"],
    ["UND_ERR_SOCKET", "response"],
    ["HPE_INVALID_CONSTANT", "response"],
    ["", "response"],
  ])("%s: %s", (code, phase) => {
    expect(failureOf(coded(code), open).phase).toBe(phase);
  });

  it("is the abort, whatever error came of it", () => {
    const timedOut = AbortSignal.abort(new DOMException("x", "TimeoutError"));
    expect(failureOf(coded("ECONNREFUSED"), timedOut).phase).toBe("deadline");
    expect(failureOf(coded("ECONNREFUSED"), AbortSignal.abort()).phase).toBe("interrupted");
  });
});

describe("its words", () => {
  it.each([
    [coded("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"), "connect ECONNREFUSED 127.0.0.1:1"],
    [coded("ECONNREFUSED", "refused"), "refused (ECONNREFUSED)"],
    [new Error("plain"), "plain"],
    [coded("ECONNREFUSED", ""), "Error (ECONNREFUSED)"],
    ["a text", "a text"],
    [undefined, "undefined"],
  ])("%o", (error, message) => {
    expect(failureOf(error, open).message).toBe(message);
  });
});

describe("an aborted signal", () => {
  it("is a deadline by timeout, also inside another", async () => {
    const timeout = AbortSignal.timeout(1);
    const any = AbortSignal.any([open, timeout]);
    await new Promise((resolve) => any.addEventListener("abort", resolve));
    expect(abortFailure(any).phase).toBe("deadline");
  });

  it("is an interruption by a person", () => {
    expect(abortFailure(AbortSignal.abort()).phase).toBe("interrupted");
    expect(abortFailure(AbortSignal.abort("why")).phase).toBe("interrupted");
  });
});
