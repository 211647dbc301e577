import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyScanner, requestFraming, responseFraming } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import { RUNS } from "../support/builders.ts";

interface Total {
  readonly body: string;
  readonly rest: string;
  readonly done: boolean;
}

/** Feeds the pieces one by one, as a socket would, until the scanner says that the message has ended. */
function scan(framing: BodyFraming, pieces: readonly Buffer[]): Total {
  const scanner = bodyScanner(framing);
  const body: Buffer[] = [];
  for (const [index, piece] of pieces.entries()) {
    const scanned = scanner(piece);
    body.push(scanned.body);
    if (!scanned.done) continue;
    const rest = Buffer.concat([scanned.rest, ...pieces.slice(index + 1)]);
    return { body: Buffer.concat(body).toString("latin1"), rest: rest.toString("latin1"), done: true };
  }
  return { body: Buffer.concat(body).toString("latin1"), rest: "", done: false };
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.map((place, index) => bytes.subarray(sorted[index - 1] ?? 0, place));
}

const content = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((array) => Buffer.from(array));
const extension = fc.constantFrom("", ";name", ';name="a b"', " ;x=1");
const trailer = fc.constantFrom("", "Expires: 0\r\n", "A: b\r\nC: d\r\n");
const places = fc.array(fc.nat(), { maxLength: 12 });

describe("requestFraming", () => {
  it("is none without a length", () => {
    expect(requestFraming([["Host", "api.example.com"]])).toEqual({ kind: "none" });
  });

  it("is the Content-Length in bytes", () => {
    expect(requestFraming([["content-length", "42"]])).toEqual({ kind: "length", bytes: 42 });
  });

  it("is chunked when chunked is the last coding", () => {
    expect(requestFraming([["Transfer-Encoding", "gzip, Chunked"]])).toEqual({ kind: "chunked" });
  });

  it("accepts two lines with the same length", () => {
    const lines = [
      ["Content-Length", "5"],
      ["content-length", "5"],
    ] as const;
    expect(requestFraming(lines)).toEqual({ kind: "length", bytes: 5 });
  });

  it("refuses a length beside a transfer coding", () => {
    const lines = [
      ["Transfer-Encoding", "chunked"],
      ["Content-Length", "5"],
    ] as const;
    expect(requestFraming(lines)).toEqual({ error: "both Transfer-Encoding and Content-Length" });
  });

  for (const coding of ["gzip", "chunked, gzip", "identity", "xchunked", ""]) {
    it(`refuses the transfer coding "${coding}"`, () => {
      expect(requestFraming([["Transfer-Encoding", coding]])).toEqual({
        error: "a Transfer-Encoding other than chunked",
      });
    });
  }

  it("refuses two lines with different lengths", () => {
    const lines = [
      ["Content-Length", "5"],
      ["Content-Length", "6"],
    ] as const;
    expect(requestFraming(lines)).toEqual({ error: "an invalid Content-Length" });
  });

  for (const length of ["", "-1", "+1", "0x10", "1 2", "5, 5", "1.5", "9999999999999999"]) {
    it(`refuses the length "${length}"`, () => {
      expect(requestFraming([["Content-Length", length]])).toEqual({ error: "an invalid Content-Length" });
    });
  }
});

describe("responseFraming", () => {
  for (const [what, method, status] of [
    ["HEAD", "HEAD", 200],
    ["101", "GET", 101],
    ["204", "GET", 204],
    ["304", "GET", 304],
  ] as const) {
    it(`is none for ${what}, whatever its headers say`, () => {
      expect(responseFraming(method, status, [["Content-Length", "5"]])).toEqual({ kind: "none" });
      expect(responseFraming(method, status, [["Transfer-Encoding", "chunked"]])).toEqual({ kind: "none" });
    });
  }

  it("is chunked even beside a length, which chunked overrides", () => {
    const lines = [
      ["Content-Length", "5"],
      ["Transfer-Encoding", "chunked"],
    ] as const;
    expect(responseFraming("GET", 200, lines)).toEqual({ kind: "chunked" });
  });

  it("is the Content-Length", () => {
    expect(responseFraming("GET", 403, [["Content-Length", "0"]])).toEqual({ kind: "length", bytes: 0 });
  });

  it("lasts until the connection closes when nothing says otherwise", () => {
    expect(responseFraming("GET", 200, [])).toEqual({ kind: "until-close" });
  });

  it("refuses a length that is no number", () => {
    expect(responseFraming("GET", 200, [["Content-Length", "many"]])).toEqual({ error: "an invalid Content-Length" });
  });
});

describe("bodyScanner", () => {
  it("gives everything back as the rest when there is no body", () => {
    expect(scan({ kind: "none" }, [Buffer.from("next")])).toEqual({ body: "", rest: "next", done: true });
  });

  it("takes everything and never ends until the connection does", () => {
    expect(scan({ kind: "until-close" }, [Buffer.from("a"), Buffer.from("b")])).toEqual({
      body: "ab",
      rest: "",
      done: false,
    });
  });

  it("ends at the declared length, wherever the stream is cut", () => {
    fc.assert(
      fc.property(content, content, places, (body, rest, cuts) => {
        const pieces = cut(Buffer.concat([body, rest]), cuts);
        expect(scan({ kind: "length", bytes: body.length }, pieces)).toEqual({
          body: body.toString("latin1"),
          rest: rest.toString("latin1"),
          done: true,
        });
      }),
      { numRuns: RUNS },
    );
  });

  it("is not done while bytes of the declared length are missing", () => {
    expect(scan({ kind: "length", bytes: 3 }, [Buffer.from("ab")])).toEqual({ body: "ab", rest: "", done: false });
  });

  it("ends a chunked body after its trailers, wherever the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(content, extension)), trailer, content, places, (chunks, trailers, rest, cuts) => {
        const coded = chunks.map(([data, more]) =>
          Buffer.concat([Buffer.from(`${data.length.toString(16)}${more}\r\n`), data, Buffer.from("\r\n")]),
        );
        const body = Buffer.concat([...coded, Buffer.from(`0\r\n${trailers}\r\n`)]);
        expect(scan({ kind: "chunked" }, cut(Buffer.concat([body, rest]), cuts))).toEqual({
          body: body.toString("latin1"),
          rest: rest.toString("latin1"),
          done: true,
        });
      }),
      { numRuns: RUNS },
    );
  });

  it("is not done before the blank line after the last chunk", () => {
    expect(scan({ kind: "chunked" }, [Buffer.from("1\r\na\r\n0\r\n")])).toMatchObject({ done: false });
  });

  it("does not take an end that stands inside chunk data for the end", () => {
    const body = "5\r\n0\r\n\r\n\r\n0\r\n\r\n";
    expect(scan({ kind: "chunked" }, [Buffer.from(`${body}next`)])).toEqual({ body, rest: "next", done: true });
  });

  it("reads chunk sizes as hexadecimal, in both cases", () => {
    const body = `1a\r\n${"x".repeat(26)}\r\n0A\r\n${"y".repeat(10)}\r\n0\r\n\r\n`;
    expect(scan({ kind: "chunked" }, [Buffer.from(`${body}next`)])).toEqual({ body, rest: "next", done: true });
  });

  for (const line of ["xyz\r\n", "\r\n", "-1\r\n", "0x5\r\n", "1\n1\r\n", "1234567890123\r\n"]) {
    it(`throws on the chunk size line ${JSON.stringify(line)}`, () => {
      expect(() => scan({ kind: "chunked" }, [Buffer.from(line)])).toThrow("a chunk size is not hexadecimal");
    });
  }

  it("throws on a chunk line without end, and reads no further", () => {
    const endless = Array.from({ length: 20 }, () => Buffer.alloc(1024, ";"));
    expect(() => scan({ kind: "chunked" }, [Buffer.from("1"), ...endless])).toThrow("longer than 16 KiB");
  });
});
