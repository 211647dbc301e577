import type { Socket } from "node:net";
import { bodyScanner } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import type { ByteReader } from "./byte-reader.ts";

/**
 * Relays one body, its framing kept; resolves at its end. Rejects when either side ends in the middle, when its framing is
 * malformed, and with a SilenceError when nothing comes for `silenceMs`.
 */
export async function relayBody(
  reader: ByteReader,
  framing: BodyFraming,
  to: Socket,
  silenceMs: number,
): Promise<void> {
  if (framing.kind === "none" || (framing.kind === "length" && framing.bytes === 0)) return;
  const scan = bodyScanner(framing);
  for (;;) {
    const bytes = await reader.chunk(silenceMs);
    if (bytes === undefined) {
      // RFC 9112 §8: a reset is no end of a body that only the end of the connection delimits.
      if (framing.kind === "until-close" && !reader.isBroken) return;
      throw new Error("the peer ended in the middle of a body");
    }
    const { body, rest, done } = scan(bytes);
    if (body.length > 0) await writeTo(to, body, silenceMs);
    if (done) return reader.unread(rest);
  }
}

/** Writes with back pressure; rejects when the socket goes away first, or takes nothing for too long. */
async function writeTo(socket: Socket, bytes: Buffer, silenceMs: number): Promise<void> {
  if (socket.destroyed) throw new Error("the other side is gone");
  if (socket.write(bytes)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      socket.off("drain", done).off("close", done);
      resolve();
    };
    const timer = setTimeout(() => socket.destroy(), silenceMs);
    socket.once("drain", done).once("close", done);
  });
  if (socket.destroyed) throw new Error("the other side is gone");
}

/** Ends a connection so that its peer is not left to believe that all was said: by a reset. */
export function breakOff(socket: Socket, transport: Socket): void {
  if (transport.destroyed) return void socket.destroy();
  try {
    transport.resetAndDestroy();
  } catch {
    // A transport whose handle is no TCP one cannot be reset; without its close_notify a TLS peer sees the break.
    transport.destroy();
  }
  socket.destroy();
}
