/** RFC 6455 §5.5.1. */
const CLOSE = 8;

/** Follows the frames of a WebSocket stream (RFC 6455 §5.2) without touching them: where one ends, and whether it was a Close. */
export class FrameWalk {
  /** True once a Close frame has begun. */
  sawClose = false;
  private head: number[] = [];
  private left = 0;

  /** True between two frames: the only place where another one may be put in. */
  get isAtBoundary(): boolean {
    return this.left === 0 && this.head.length === 0;
  }

  /** Walks over all of the bytes. */
  walk(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) at = this.step(bytes, at);
  }

  /** Walks to the end of the frame that is on its way, or of the bytes; gives the number of bytes walked. */
  finish(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !this.isAtBoundary) at = this.step(bytes, at);
    return at;
  }

  private step(bytes: Buffer, at: number): number {
    if (this.left > 0) {
      const taken = Math.min(this.left, bytes.length - at);
      this.left -= taken;
      return at + taken;
    }
    this.head.push(bytes[at]!);
    if (this.head.length >= 2 && this.head.length === headSize(this.head[1]!)) this.begin();
    return at + 1;
  }

  private begin(): void {
    if ((this.head[0]! & 0x0f) === CLOSE) this.sawClose = true;
    const short = this.head[1]! & 0x7f;
    const extended = this.head.slice(2, 2 + extension(short));
    this.left = short < 126 ? short : extended.reduce((sum, byte) => sum * 256 + byte, 0);
    this.head = [];
  }
}

/** Bytes of a frame's head, told by its second byte: length, and a mask from a client. */
function headSize(second: number): number {
  return 2 + extension(second & 0x7f) + (second >= 0x80 ? 4 : 0);
}

function extension(short: number): number {
  return short === 126 ? 2 : short === 127 ? 8 : 0;
}
