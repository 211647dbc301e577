import fc from "fast-check";
import { expect, it } from "vitest";
import { watchFrames } from "../../../probes/probers/http2-frames.ts";
import type { Http2Frame } from "../../../probes/probers/http2-frames.ts";
import { http2Frame } from "../../support/http2-server.ts";

/** What is said of these bytes when they come in pieces of these sizes. */
function watched(bytes: Buffer, sizes: readonly number[], skip: number): [string, Http2Frame][] {
  const said: [string, Http2Frame][] = [];
  const feed = watchFrames(skip, {
    begins: (frame) => said.push(["begins", frame]),
    ends: (frame) => said.push(["ends", frame]),
  });
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length]!;
    feed(bytes.subarray(at, at + size));
    at += size;
  }
  return said;
}

it("sees the same frames however their bytes are cut", () => {
  const frame = fc.record({
    type: fc.nat(255),
    flags: fc.nat(255),
    stream: fc.nat(0x7fffffff),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), sizes, fc.nat(30), (frames, cuts, skip) => {
      const bytes = frames.map(({ type, flags, stream, payload }) =>
        http2Frame(type, flags, stream, Buffer.from(payload)),
      );
      const expected = frames.flatMap(({ payload, ...head }) => {
        const seen = { ...head, length: payload.length };
        return [
          ["begins", seen],
          ["ends", seen],
        ];
      });
      expect(watched(Buffer.concat([Buffer.alloc(skip), ...bytes]), cuts, skip)).toEqual(expected);
    }),
  );
});

it("says that a frame begins before its payload is there, and not that it ends", () => {
  const bytes = http2Frame(1, 4, 1, "abc");
  expect(watched(bytes.subarray(0, -1), [100], 0).map(([what]) => what)).toEqual(["begins"]);
  expect(watched(bytes.subarray(0, 8), [100], 0)).toEqual([]);
});
