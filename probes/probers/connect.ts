import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls, createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import type { Endpoint } from "../facts/case.ts";
import { tapSocket } from "./wire-tap.ts";
import type { WireTap } from "./wire-tap.ts";

const contexts = new Map<string, SecureContext>();

/** Opens a tapped connection. TLS is verified always: the pinned address changes where, never who. */
export function openTapped(endpoint: Endpoint): { socket: Socket; tap: WireTap } {
  const { address, port, host, scheme, ca } = endpoint;
  const socket =
    scheme === "http"
      ? connectTcp(port, address)
      : connectTls({
          host: address,
          port,
          servername: host,
          secureContext: contextFor(ca),
          ALPNProtocols: ["http/1.1"],
        });
  socket.setNoDelay(true);
  return { socket, tap: tapSocket(socket) };
}

/** One context for each authority: building one for each connection costs a third of the handshake. */
function contextFor(ca: string | undefined): SecureContext {
  const key = ca ?? "";
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const context = createSecureContext(ca === undefined ? {} : { ca });
  contexts.set(key, context);
  return context;
}
