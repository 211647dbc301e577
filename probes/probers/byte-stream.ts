import type { Socket } from "node:net";
import { PhaseError } from "./failure.ts";

/** A connection to be read piece by piece: little comes in that was not asked for. */
export interface ByteStream {
  /** Waits for the connection, TLS included. */
  readonly ready: () => Promise<void>;
  /** The next bytes; undefined once the other side has ended. Throws what broke the connection. */
  readonly read: () => Promise<Buffer | undefined>;
  /** Ends the reading: whoever waits for bytes, or asks for more, is told that there are none. */
  readonly stop: () => void;
  /** Lets go of the signal and of the reader. The socket stays as it is. */
  readonly release: () => void;
}

/** Bytes that may come in before they are asked for. */
const MAX_AHEAD = 64 * 1024;

/** Reads a socket; when `signal` ends the attempt, the connection ends at once, and so does every wait for it. */
export function byteStream(socket: Socket, isSecure: boolean, signal: AbortSignal): ByteStream {
  const came: Buffer[] = [];
  let ahead = 0;
  let state: "open" | "ended" | Error = "open";
  let wake = (): void => undefined;
  const end = (why: "ended" | Error): void => {
    if (state === "open") state = why;
    wake();
  };
  const abort = (): void => void socket.destroy(new PhaseError("deadline", "the attempt was ended"));
  const onData = (bytes: Buffer): void => {
    came.push(bytes);
    ahead += bytes.length;
    if (ahead > MAX_AHEAD) socket.pause();
    wake();
  };
  const onEnd = (): void => end("ended");
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  socket.on("error", end).on("end", onEnd).on("close", onEnd);
  return {
    ready: async () => {
      await new Promise<void>((resolve) => {
        wake = resolve;
        socket.once(isSecure ? "secureConnect" : "connect", resolve);
      });
      if (state instanceof Error) throw state;
      socket.on("data", onData);
    },
    read: async () => {
      while (came.length === 0) {
        if (state instanceof Error) throw state;
        if (state === "ended") return undefined;
        if (socket.isPaused()) socket.resume();
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const bytes = came.shift()!;
      ahead -= bytes.length;
      return bytes;
    },
    stop: onEnd,
    release: () => {
      signal.removeEventListener("abort", abort);
      socket.off("data", onData).off("error", end).off("end", onEnd).off("close", onEnd);
    },
  };
}
