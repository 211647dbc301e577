import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FrameWalk } from "../../../probes/emulator/frame-walk.ts";
import { closeFrame, frame } from "../../support/websocket-bytes.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const MASKED = bytes("\u0081\u0085mask.....");

describe("a walk over frames", () => {
  it("stands between two frames at the start, and after each whole one", () => {
    const walk = new FrameWalk();
    expect(walk.isAtBoundary).toBe(true);
    for (const size of [0, 1, 125, 126, 65_535, 65_536]) {
      walk.walk(bytes(frame("x".repeat(size))));
      expect(walk.isAtBoundary).toBe(true);
    }
    walk.walk(MASKED);
    expect(walk.isAtBoundary).toBe(true);
    expect(walk.sawClose).toBe(false);
  });

  it("stands inside of a frame until its last byte, however the bytes are cut", () => {
    const whole = bytes(frame("x".repeat(300)));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (cut) => {
        const walk = new FrameWalk();
        walk.walk(whole.subarray(0, cut));
        expect(walk.isAtBoundary).toBe(false);
        expect(walk.finish(Buffer.concat([whole.subarray(cut), MASKED]))).toBe(whole.length - cut);
        expect(walk.isAtBoundary).toBe(true);
      }),
    );
  });

  it("takes nothing of the next frame when none is on its way", () => {
    expect(new FrameWalk().finish(MASKED)).toBe(0);
  });

  it("sees a Close frame, and none in a text that holds its bytes", () => {
    const walk = new FrameWalk();
    walk.walk(bytes(frame(closeFrame(1000))));
    expect(walk.sawClose).toBe(false);
    walk.walk(bytes(closeFrame(1000)));
    expect(walk.sawClose).toBe(true);
  });
});
