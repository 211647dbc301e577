import type { Socket } from "node:net";
import { bodyScanner } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Relays one body, its framing kept; resolves at its end. Rejects when either side ends in the middle. */
export async function relayBody(reader: ByteReader, framing: BodyFraming, to: Socket): Promise<void> {
  if (framing.kind === "none") return;
  const scan = bodyScanner(framing);
  for (;;) {
    const bytes = await reader.chunk();
    if (bytes === undefined) {
      if (framing.kind === "until-close") return;
      throw new Error("the peer ended in the middle of a body");
    }
    const { body, rest, done } = scan(bytes);
    if (body.length > 0) await writeTo(to, body);
    if (done) return reader.unread(rest);
  }
}

/**
 * After the 101 the edge is a pipe: what either side sends goes to the other, byte for byte, and when one side ends
 * so does the other. What each side had sent early is `fromClient` and `fromUpstream`.
 */
export async function joinSockets(
  client: Socket,
  fromClient: Buffer,
  upstream: Socket,
  fromUpstream: Buffer,
): Promise<void> {
  const ended = Promise.all([closed(client), closed(upstream)]);
  client.on("close", () => upstream.destroy());
  upstream.on("close", () => client.end());
  if (fromUpstream.length > 0) client.write(fromUpstream);
  if (fromClient.length > 0) upstream.write(fromClient);
  upstream.pipe(client);
  client.pipe(upstream);
  await ended;
}

/** Writes with back pressure; rejects when the socket goes away first. */
async function writeTo(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed) throw new Error("the other side is gone");
  if (socket.write(bytes)) return;
  const drained = new Promise<void>((resolve) => socket.once("drain", resolve));
  await Promise.race([drained, closed(socket)]);
  if (socket.destroyed) throw new Error("the other side is gone");
}

function closed(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once("close", () => resolve()));
}
