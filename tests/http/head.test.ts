import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfHead, parseRequestHead, parseResponseHead, writeHead } from "../../http/head.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { isFieldValue, isToken } from "../../http/token.ts";
import { RUNS } from "../support/builders.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

/** Any text over the characters that `allowed` accepts one by one. */
function textOf(allowed: (char: string) => boolean, constraints: { minLength: number; maxLength: number }) {
  const chars = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(allowed);
  return fc.string({ unit: fc.constantFrom(...chars), ...constraints });
}

const token = textOf(isToken, { minLength: 1, maxLength: 12 });
const fieldValue = textOf(isFieldValue, { minLength: 0, maxLength: 24 }).map((value) =>
  value.replace(/^[ \t]+|[ \t]+$/g, ""),
);
const visible = textOf((char) => char > " " && char < "\u007f", { minLength: 1, maxLength: 20 });
const headerLines = fc.array(fc.tuple(token, fieldValue), { maxLength: 8 });

describe("writeHead and parseRequestHead", () => {
  it("give back method, target and every header line, in order", () => {
    fc.assert(
      fc.property(token, visible, headerLines, (method, target, headers) => {
        const head = writeHead(`${method} ${target} HTTP/1.1`, headers);
        expect(endOfHead(head)).toBe(head.length);
        expect(parseRequestHead(head)).toEqual({ method, target, version: "1.1", headers });
      }),
      { numRuns: RUNS },
    );
  });
});

describe("writeHead and parseResponseHead", () => {
  it("give back status, reason and every header line, in order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 999 }), fieldValue, headerLines, (status, reason, headers) => {
        const head = writeHead(`HTTP/1.1 ${status} ${reason}`, headers);
        expect(parseResponseHead(head)).toEqual({ version: "1.1", status, reason, headers });
      }),
      { numRuns: RUNS },
    );
  });
});

describe("writeHead", () => {
  it("writes one line a header, and the blank line", () => {
    const headers: HeaderLine[] = [
      ["Host", "api.example.com"],
      ["cookie", "a=1"],
      ["Cookie", "b=2"],
    ];
    expect(writeHead("GET /ws HTTP/1.1", headers).toString("latin1")).toBe(
      "GET /ws HTTP/1.1\r\nHost: api.example.com\r\ncookie: a=1\r\nCookie: b=2\r\n\r\n",
    );
  });

  it("writes one byte for a character of obs-text", () => {
    expect(writeHead("GET / HTTP/1.1", [["A", "\u00e9"]]).includes(Buffer.from([0xe9, 0x0d]))).toBe(true);
  });
});

describe("endOfHead", () => {
  it("is past the first blank line, whatever follows", () => {
    expect(endOfHead(bytes("GET / HTTP/1.1\r\n\r\nbody\r\n\r\n"))).toBe(18);
  });

  it("is -1 while the blank line is not complete", () => {
    expect(endOfHead(bytes("GET / HTTP/1.1\r\nA: b\r\n\r"))).toBe(-1);
  });
});

describe("parseRequestHead", () => {
  it("drops the blanks around a value and keeps those within", () => {
    expect(parseRequestHead(bytes("GET / HTTP/1.1\r\nA:\t b  c \t\r\n\r\n"))).toMatchObject({
      headers: [["A", "b  c"]],
    });
  });

  it("splits at the first colon alone", () => {
    expect(parseRequestHead(bytes("GET / HTTP/1.1\r\nOrigin: https://app.example.com\r\n\r\n"))).toMatchObject({
      headers: [["Origin", "https://app.example.com"]],
    });
  });

  it("keeps an empty value", () => {
    expect(parseRequestHead(bytes("GET / HTTP/1.1\r\nA:\r\n\r\n"))).toMatchObject({ headers: [["A", ""]] });
  });

  for (const [what, line] of [
    ["a missing version", "GET /"],
    ["two blanks", "GET  / HTTP/1.1"],
    ["a blank in the target", "GET /a b HTTP/1.1"],
    ["a version without a minor number", "GET / HTTP/2"],
    ["a lower-case protocol name", "GET / http/1.1"],
    ["nothing", ""],
  ] as const) {
    it(`refuses a request line with ${what}`, () => {
      expect(parseRequestHead(bytes(`${line}\r\n\r\n`))).toEqual({
        error: "the request line is not `method target HTTP/x.y`",
      });
    });
  }

  for (const [what, line] of [
    ["no colon", "Authorization"],
    ["no name", ": value"],
    ["a fold with a space", " folded: value"],
    ["a fold with a tab", "\tfolded: value"],
  ] as const) {
    it(`refuses a header line with ${what}`, () => {
      expect(parseRequestHead(bytes(`GET / HTTP/1.1\r\nA: b\r\n${line}\r\n\r\n`))).toEqual({
        error: "a header line is not `name: value`",
      });
    });
  }
});

describe("parseResponseHead", () => {
  it("reads a status line without a reason", () => {
    expect(parseResponseHead(bytes("HTTP/1.1 101\r\n\r\n"))).toEqual({
      version: "1.1",
      status: 101,
      reason: "",
      headers: [],
    });
  });

  for (const [what, line] of [
    ["a status of two digits", "HTTP/1.1 99 Low"],
    ["a status of four digits", "HTTP/1.1 1000 High"],
    ["a request line", "GET / HTTP/1.1"],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(parseResponseHead(bytes(`${line}\r\n\r\n`))).toEqual({
        error: "the status line is not `HTTP/x.y status reason`",
      });
    });
  }

  it("refuses a header line without a colon", () => {
    expect(parseResponseHead(bytes("HTTP/1.1 200 OK\r\nServer\r\n\r\n"))).toEqual({
      error: "a header line is not `name: value`",
    });
  });
});
