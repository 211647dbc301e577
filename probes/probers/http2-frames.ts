/** One frame as its head announces it (RFC 9113 §4.1). */
export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Of its payload, in bytes. */
  readonly length: number;
}

export const FRAME = { data: 0x0, headers: 0x1, reset: 0x3, goAway: 0x7, continuation: 0x9 } as const;
export const FLAG = { endStream: 0x1, endHeaders: 0x4 } as const;

/** RFC 9113 §3.4: the bytes that a client begins with, before its first frame. */
export const PREFACE_BYTES = 24;

const FRAME_HEAD = 9;

export interface FrameWatcher {
  /** The head of a frame is there. */
  readonly begins?: (frame: Http2Frame) => void;
  /** All of it is. */
  readonly ends?: (frame: Http2Frame) => void;
}

/** A function that is fed one direction of a connection, and says which frames begin and end. Payloads are not kept. */
export function watchFrames(skip: number, { begins, ends }: FrameWatcher): (bytes: Buffer) => void {
  let left = skip;
  let head = Buffer.alloc(0);
  let frame: Http2Frame | undefined;
  const endFrame = (): void => {
    if (left > 0 || frame === undefined) return;
    ends?.(frame);
    frame = undefined;
  };
  return (bytes) => {
    for (let at = 0; at < bytes.length;) {
      const passed = Math.min(left, bytes.length - at);
      left -= passed;
      at += passed;
      endFrame();
      if (left > 0 || at >= bytes.length) continue;
      const wanted = bytes.subarray(at, at + FRAME_HEAD - head.length);
      head = Buffer.concat([head, wanted]);
      at += wanted.length;
      if (head.length < FRAME_HEAD) continue;
      frame = {
        length: head.readUIntBE(0, 3),
        type: head[3]!,
        flags: head[4]!,
        stream: head.readUInt32BE(5) & 0x7fffffff,
      };
      left = frame.length;
      head = Buffer.alloc(0);
      begins?.(frame);
      endFrame();
    }
  };
}
