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

/** Bytes that are held before anybody asks for them; beyond it the peer has to wait. */
const MAX_AHEAD = 64 * 1024;

/** Pulls bytes from a socket, with what was read too far put back in front. */
export class ByteReader {
  private readonly socket: Socket;
  private readonly pending: Buffer[] = [];
  private held = 0;
  private state: "open" | "ended" | "broken" = "open";
  private sawEnd = false;
  private wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const become = (state: "ended" | "broken"): void => {
      if (this.state === "open") this.state = state;
      this.wake();
    };
    socket.on("data", this.hold);
    socket.on("end", () => become("ended"));
    // A connection that closes without an end was reset, by whomever.
    socket.on("close", () => become("broken")).on("error", () => become("broken"));
  }

  /** True when whoever reads has come to the end of what the peer sends, or the peer can send no more. */
  get isOver(): boolean {
    return this.sawEnd || this.isBroken;
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
    const until = performance.now() + withinMs;
    for (;;) {
      const bytes = this.pending.shift();
      if (bytes !== undefined) {
        this.held -= bytes.length;
        return bytes;
      }
      this.sawEnd = this.state !== "open";
      if (this.sawEnd) return undefined;
      const left = until - performance.now();
      if (left <= 0) throw new SilenceError(withinMs);
      if (this.socket.isPaused()) this.socket.resume();
      await this.news(left);
    }
  }

  unread(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.pending.unshift(bytes);
    this.held += bytes.length;
  }

  /** Everything that was read and not used. After this the socket is the caller's again, and is flowing. */
  release(): Buffer {
    this.socket.off("data", this.hold);
    if (this.socket.isPaused()) this.socket.resume();
    this.held = 0;
    return Buffer.concat(this.pending.splice(0));
  }

  private readonly hold = (bytes: Buffer): void => {
    this.pending.push(bytes);
    this.held += bytes.length;
    if (this.held > MAX_AHEAD) this.socket.pause();
    this.wake();
  };

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
