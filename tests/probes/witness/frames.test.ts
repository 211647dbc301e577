import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientFrames, closeFrame, serverFrame } from "../../../probes/witness/frames.ts";
import type { ClientEvent } from "../../../probes/witness/frames.ts";
import { RUNS } from "../../support/builders.ts";
import { clientFrame } from "../../support/client-frame.ts";

const LIMIT = 1000;
const eventsOf = (...pieces: Buffer[]): ClientEvent[] => {
  const read = clientFrames(LIMIT);
  return pieces.flatMap((piece) => read(piece));
};
const codeOf = (...pieces: Buffer[]): number | undefined => {
  const last = eventsOf(...pieces).at(-1);
  return last?.kind === "violation" ? last.code : undefined;
};

/** The bytes cut at random places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe("what a client sends", () => {
  it("is read alike however it is cut into pieces and fragments", () => {
    const payload = fc.uint8Array({ maxLength: 400 });
    const message = fc.record({ payload, fragments: fc.array(fc.nat(400), { maxLength: 4 }), ping: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat(5000), { maxLength: 9 }), (messages, places) => {
        const bytes = messages.flatMap(({ payload, fragments, ping }) =>
          cut(Buffer.from(payload), fragments).flatMap((part, index, all) => [
            clientFrame(index === 0 ? 2 : 0, part, { isFinal: index === all.length - 1 }),
            ...(ping ? [clientFrame(9, Buffer.from("p"))] : []),
          ]),
        );
        const events = eventsOf(...cut(Buffer.concat(bytes), places));
        const whole = events.flatMap((event) => (event.kind === "message" ? [event.bytes.toString("hex")] : []));
        expect(whole).toEqual(messages.map(({ payload }) => Buffer.from(payload).toString("hex")));
        expect(events.filter(({ kind }) => kind === "violation")).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])("may be %i bytes long", (length) => {
    const read = clientFrames(100_000);
    const [event] = read(clientFrame(2, Buffer.alloc(length, 7)));
    expect(event).toMatchObject({ kind: "message", isBinary: true });
    expect((event as { bytes: Buffer }).bytes.equals(Buffer.alloc(length, 7))).toBe(true);
  });

  it("is text or bytes", () => {
    expect(eventsOf(clientFrame(1, "é"), clientFrame(2, "x"))).toMatchObject([
      { kind: "message", isBinary: false, bytes: Buffer.from("é") },
      { kind: "message", isBinary: true },
    ]);
  });

  it.each([
    [1000, Buffer.from([3, 232])],
    [4999, Buffer.concat([Buffer.from([19, 135]), Buffer.from("why")])],
    [undefined, Buffer.alloc(0)],
  ])("may be a close with %s, after which nothing counts", (code, payload) => {
    expect(eventsOf(clientFrame(8, payload), clientFrame(1, "late"))).toEqual([{ kind: "close", code }]);
  });
});

describe("a violation ends with", () => {
  const first = (byte: number): Buffer => {
    const frame = clientFrame(1, "x");
    frame[0] = byte;
    return frame;
  };
  const close = (...bytes: number[]): Buffer => clientFrame(8, Buffer.from(bytes));
  it.each<[number, string, Buffer[]]>([
    [1002, "a frame that is not masked", [serverFrame(1, Buffer.from("x"))]],
    [1002, "a reserved bit", [first(0xc1)]],
    [1002, "a reserved opcode", [first(0x83)]],
    [1002, "a reserved control opcode", [first(0x8b)]],
    [1002, "a piece that continues nothing", [clientFrame(0, "x")]],
    [1002, "a message in a message", [clientFrame(1, "x", { isFinal: false }), clientFrame(1, "x")]],
    [1002, "a ping in pieces", [clientFrame(9, "x", { isFinal: false })]],
    [1002, "a ping of 126 bytes", [clientFrame(9, "x".repeat(126))]],
    [1002, "half a close code", [close(3)]],
    [1002, "close code 1005", [close(3, 237)]],
    [1002, "close code 999", [close(3, 231)]],
    [1002, "close code 5000", [close(19, 136)]],
    [1007, "a reason that is no UTF-8", [close(3, 232, 0xff)]],
    [1007, "a text that is no UTF-8", [clientFrame(1, Buffer.from([0xc3, 0x28]))]],
    [1009, "a message over the limit", [clientFrame(2, Buffer.alloc(LIMIT + 1))]],
    [
      1009,
      "pieces over the limit",
      [clientFrame(2, Buffer.alloc(LIMIT), { isFinal: false }), clientFrame(0, Buffer.alloc(1))],
    ],
  ])("%i: %s", (code, _, frames) => {
    expect(codeOf(...frames)).toBe(code);
    expect(codeOf(...frames, clientFrame(1, "late"))).toBe(code);
  });

  it("1009 as soon as a head announces too much, before the bytes arrive", () => {
    const head = Buffer.from([0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]);
    expect(codeOf(head)).toBe(1009);
  });

  it("nothing for the neighbours", () => {
    expect(codeOf(clientFrame(9, "x".repeat(125)))).toBeUndefined();
    expect(codeOf(clientFrame(2, Buffer.alloc(LIMIT)))).toBeUndefined();
    expect(codeOf(close(3, 232))).toBeUndefined();
  });
});

it("a close frame holds its code and reason, or nothing", () => {
  expect(closeFrame(1001, "bye")).toEqual(Buffer.concat([Buffer.from([0x88, 5, 3, 233]), Buffer.from("bye")]));
  expect(closeFrame(undefined)).toEqual(Buffer.from([0x88, 0]));
});

it("a million pieces of one message cost no more than one", () => {
  const read = clientFrames(1024 * 1024);
  const piece = clientFrame(0, "x", { isFinal: false });
  const many = Buffer.concat(Array.from({ length: 1000 }, () => piece));
  const started = performance.now();
  read(clientFrame(2, "", { isFinal: false }));
  for (let index = 0; index < 1000; index++) read(many);
  const [event] = read(clientFrame(0, ""));
  expect((event as { bytes: Buffer }).bytes.length).toBe(1_000_000);
  expect(performance.now() - started).toBeLessThan(8000);
});
