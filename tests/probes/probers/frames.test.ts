import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frameReader, maskedFrame } from "../../../probes/probers/frames.ts";
import { RUNS } from "../../support/builders.ts";
import { closeFrame, frame, unmasked } from "../../support/websocket-bytes.ts";

const LIMIT = 1024 * 1024;
const STREAM = Buffer.from(
  [
    frame("one"),
    frame("p", 0x89),
    frame("two ", 0x01) + frame("q", 0x8a) + frame("x".repeat(200), 0x00) + frame("", 0x80),
    frame("y".repeat(70_000), 0x82),
    closeFrame(4001, "bye"),
  ].join(""),
  "latin1",
);
const EVENTS = [
  { kind: "message", text: "one" },
  { kind: "ping", payload: Buffer.from("p") },
  { kind: "pong", payload: Buffer.from("q") },
  { kind: "message", text: `two ${"x".repeat(200)}` },
  { kind: "message", text: "y".repeat(70_000) },
  { kind: "close", code: 4001, reason: "bye" },
];

describe("frameReader", () => {
  it("reads the same of a stream, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const read = frameReader(LIMIT);
        const events: unknown[] = [];
        for (let at = 0, turn = 0; at < STREAM.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          events.push(...read(STREAM.subarray(at, at + size)));
          at += size;
        }
        expect(events).toEqual(EVENTS);
      }),
      { numRuns: Math.min(RUNS, 500) },
    );
  });

  it("refuses a message of more bytes than the limit, whole and in fragments", () => {
    const whole = () => frameReader(10)(Buffer.from(frame("x".repeat(11)), "latin1"));
    const pieces = () => frameReader(10)(Buffer.from(frame("x".repeat(9), 0x01) + frame("xx", 0x80), "latin1"));
    expect(whole).toThrow("larger than 10 bytes");
    expect(pieces).toThrow("larger than 10 bytes");
  });

  it("gives what came before a frame that must be refused, however the bytes are cut, and refuses it then", () => {
    const read = frameReader(LIMIT);
    expect(read(Buffer.from(frame("one") + frame("x", 0x83), "latin1"))).toEqual([{ kind: "message", text: "one" }]);
    for (const more of ["", frame("two")]) expect(() => read(Buffer.from(more, "latin1"))).toThrow("reserved opcode");
  });

  it("says nothing of what comes after a Close frame", () => {
    const events = frameReader(LIMIT)(Buffer.from(closeFrame(1000) + frame("late"), "latin1"));
    expect(events).toEqual([{ kind: "close", code: 1000, reason: "" }]);
  });
});

describe("maskedFrame", () => {
  it("is masked with a fresh key, and unmasks to what it holds", () => {
    const [one, two] = [maskedFrame(0x8, Buffer.from("abcde")), maskedFrame(0x8, Buffer.from("abcde"))];
    expect(unmasked(one.toString("latin1"))).toEqual({ opcode: 8, payload: "abcde" });
    expect(one.equals(two)).toBe(false);
  });
});
