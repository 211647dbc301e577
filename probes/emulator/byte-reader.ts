import type { Socket } from "node:net";
import { endOfHead } from "../../http/head.ts";

/** A peer that sent nothing for as long as it was waited for. */
export class SilenceError extends Error {
  /** True when it fell silent in the middle of a head. */
  readonly hadBegun: boolean;

  constructor(waitedMs: number, hadBegun = false) {
    super(`nothing came for ${waitedMs / 1000} s`);
    this.name = "SilenceError";
    this.hadBegun = hadBegun;
  }
}

/** How long a head may take, in milliseconds: to begin, and from its first byte to its last. */
export interface HeadTimes {
  readonly beginMs: number;
  readonly wholeMs: number;
}

/** Pulls bytes from a socket, with what was read too far put back in front. */
export class ByteReader {
  private readonly socket: Socket;
  private pending: Buffer = Buffer.alloc(0);
  private state: "open" | "ended" | "broken" = "open";
  private wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const become = (state: "ended" | "broken"): void => {
      if (this.state === "open") this.state = state;
      this.wake();
    };
    socket.on("readable", () => this.wake());
    socket.on("end", () => become("ended"));
    // A connection that closes without an end was reset, by whomever.
    socket.on("close", () => become("broken")).on("error", () => become("broken"));
  }

  /** True when the peer will send no more, or cannot. */
  get isOver(): boolean {
    return this.state !== "open";
  }

  /** True when the connection broke before the peer had ended it. */
  get isBroken(): boolean {
    return this.state === "broken";
  }

  /**
   * The next bytes, or undefined once the peer has ended or failed.
   * @throws SilenceError when none come in time.
   */
  async chunk(withinMs: number): Promise<Buffer | undefined> {
    if (this.pending.length > 0) {
      const bytes = this.pending;
      this.pending = Buffer.alloc(0);
      return bytes;
    }
    const until = performance.now() + withinMs;
    for (;;) {
      const bytes = this.socket.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.state !== "open") return undefined;
      const left = until - performance.now();
      if (left <= 0) throw new SilenceError(withinMs);
      await this.news(left);
    }
  }

  unread(bytes: Buffer): void {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([bytes, this.pending]);
  }

  /** Everything that was read and not used. After this the socket is the caller's again. */
  release(): Buffer {
    const bytes = this.pending;
    this.pending = Buffer.alloc(0);
    this.socket.removeAllListeners("readable");
    return bytes;
  }

  /**
   * The bytes of the next head, blank line included; undefined at the end of input.
   * @throws SilenceError when it does not begin, or is not whole, in time.
   */
  async head(maxBytes: number, { beginMs, wholeMs }: HeadTimes): Promise<Buffer | "too-large" | undefined> {
    let bytes = await this.chunk(beginMs);
    const until = performance.now() + wholeMs;
    let searched = 0;
    for (;;) {
      if (bytes === undefined) return undefined;
      const end = endOfHead(bytes.subarray(searched));
      if (end !== -1) {
        this.unread(bytes.subarray(searched + end));
        return bytes.subarray(0, searched + end);
      }
      if (bytes.length > maxBytes) return "too-large";
      // The blank line may lie across two pieces.
      searched = Math.max(0, bytes.length - 3);
      const more = await this.chunk(Math.max(0, until - performance.now())).catch(() => {
        throw new SilenceError(wholeMs, true);
      });
      bytes = more === undefined ? undefined : Buffer.concat([bytes, more]);
    }
  }

  private news(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(withinMs, 2 ** 31 - 1));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
