import { createServer } from "node:tls";
import type { Socket } from "node:net";
import { throwAwayCertificate } from "../../probes/emulator/certificate.ts";
import { startRawServer } from "./raw-sockets.ts";
import type { RawPeer, RawServer } from "./raw-sockets.ts";

/** A raw server behind TLS, and the authority that vouches for it. */
export async function startTlsServer(
  names: readonly string[],
  onPeer?: (peer: RawPeer) => unknown,
): Promise<RawServer & { readonly ca: string }> {
  const { key, certificate } = await throwAwayCertificate(names);
  const make = (accept: (socket: Socket) => void) =>
    createServer({ key, cert: certificate }, accept).on("tlsClientError", () => undefined);
  return { ...(await startRawServer(onPeer, make)), ca: certificate };
}
