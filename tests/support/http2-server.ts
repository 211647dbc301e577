import { once } from "node:events";
import { performServerHandshake } from "node:http2";
import type { ServerHttp2Stream, ServerOptions } from "node:http2";
import type { Socket } from "node:net";
import { createServer } from "node:tls";
import type { TLSSocket, TlsOptions } from "node:tls";
import { linesOf } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { throwAwayCertificate } from "../../probes/emulator/certificate.ts";
import { HOST } from "./edge-fixture.ts";
import { startRawServer } from "./raw-sockets.ts";
import type { RawPeer, RawServer } from "./raw-sockets.ts";

export type SecureServer = RawServer & { readonly ca: string };

/** What a request of HTTP/2 held when it came out of the decoder: pseudo-fields first, every field, in order. */
export type Http2Answer = (stream: ServerHttp2Stream, fields: readonly HeaderLine[]) => unknown;

/** A TLS server that agrees to `h2`; the test reads and writes the bytes of its frames. */
export function startHttp2RawServer(onPeer: (peer: RawPeer) => unknown): Promise<SecureServer> {
  return secure({ ALPNProtocols: ["h2"] }, onPeer);
}

/** A server of HTTP/2 as Node has one: each request is given to `answer`. */
export async function startHttp2Server(answer: Http2Answer, settings: ServerOptions = {}): Promise<SecureServer> {
  const accept = (socket: Socket): void => {
    const session = performServerHandshake(socket, settings).on("error", () => undefined);
    session.on("stream", (stream: ServerHttp2Stream, ...[, , raw]: [unknown, unknown, string[]]) => {
      stream.on("error", () => undefined);
      void answer(stream, linesOf(raw));
    });
  };
  return secure({ ALPNProtocols: ["h2"] }, undefined, accept);
}

/** A TLS server that gives each connection, whatever it agreed to, to `accept`. */
export async function secure(
  options: TlsOptions,
  onPeer?: (peer: RawPeer) => unknown,
  accept?: (socket: TLSSocket) => void,
  names: readonly string[] = [HOST],
): Promise<SecureServer> {
  const { key, certificate } = await throwAwayCertificate(names);
  const make = (give: (socket: Socket) => void) =>
    createServer({ key, cert: certificate, ...options }, (socket) => {
      socket.on("error", () => undefined);
      (accept ?? give)(socket);
    }).on("tlsClientError", () => undefined);
  return { ...(await startRawServer(onPeer, make)), ca: certificate };
}

/** The bytes of one frame (RFC 9113 §4.1). */
export function http2Frame(type: number, flags: number, stream: number, payload: string | Buffer = ""): Buffer {
  const bytes = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

export const SETTINGS = http2Frame(0x4, 0, 0);

/** `:status: 200`, by its place in the static table (RFC 7541 appendix A). */
export const STATUS_200 = "\u0088";

/** `:status: 103`, as a literal (RFC 7541 §6.2.2). */
export const STATUS_103 = "\u0008\u0003103";

/** HEADERS of stream 1 that are whole. */
export const headFrame = (block: string): Buffer => http2Frame(0x1, 0x4, 1, block);

export const dataFrame = (text: string, flags = 0): Buffer => http2Frame(0x0, flags, 1, text);

/** RST_STREAM of stream 1. */
export const resetFrame = (code: number): Buffer => http2Frame(0x3, 0, 1, Buffer.from([0, 0, 0, code]));

/** Waits until a client has sent its request. */
export async function requestSent(peer: RawPeer): Promise<void> {
  // A client begins with its preface; HEADERS of stream 1 is the first frame with that number.
  await peer.until((text) => /\u0001[\s\S]\u0000\u0000\u0000\u0001/.test(text.slice(24)));
}

/** Waits until the bytes have left, so that a reset does not take them back. */
export async function sendWhole(peer: RawPeer, bytes: Buffer): Promise<void> {
  if (!peer.socket.write(bytes)) await once(peer.socket, "drain");
  await new Promise((resolve) => setTimeout(resolve, 50));
}
