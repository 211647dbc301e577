import type { Socket } from "node:net";
import { endOfHead } from "../../http/head.ts";

/** Pulls bytes from a socket, with what was read too far put back in front. */
export class ByteReader {
  private readonly socket: Socket;
  private pending: Buffer = Buffer.alloc(0);
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const wake = (): void => this.wake();
    const end = (): void => {
      this.ended = true;
      this.wake();
    };
    socket.on("readable", wake).on("end", end).on("close", end).on("error", end);
  }

  /** The next bytes, or undefined once the peer has ended or failed. */
  async chunk(): Promise<Buffer | undefined> {
    if (this.pending.length > 0) {
      const bytes = this.pending;
      this.pending = Buffer.alloc(0);
      return bytes;
    }
    for (;;) {
      const bytes = this.socket.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => (this.wake = resolve));
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

  /** The bytes of the next head, blank line included; undefined at the end of input. */
  async head(maxBytes: number): Promise<Buffer | "too-large" | undefined> {
    let bytes: Buffer = Buffer.alloc(0);
    for (;;) {
      const end = endOfHead(bytes);
      if (end !== -1) {
        this.unread(bytes.subarray(end));
        return bytes.subarray(0, end);
      }
      if (bytes.length > maxBytes) return "too-large";
      const more = await this.chunk();
      if (more === undefined) return undefined;
      bytes = bytes.length === 0 ? more : Buffer.concat([bytes, more]);
    }
  }
}
