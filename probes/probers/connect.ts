import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import { checkServerIdentity, connect as connectTls } from "node:tls";
import type { TLSSocket } from "node:tls";
import type { Endpoint } from "../facts/case.ts";
import type { Moment } from "../facts/observation.ts";
import { contextFor } from "./tls-contexts.ts";
import { openTunnel } from "./tunnel.ts";
import { tapSocket } from "./wire-tap.ts";
import type { WireTap } from "./wire-tap.ts";

type Mark = (moment: Moment) => void;

/**
 * Opens a tapped connection, and marks its moments. TLS is verified always, end to end: the pinned address and a proxy
 * change where, never who. Throws when a PEM of the endpoint cannot be read.
 */
export function openTapped(endpoint: Endpoint, mark: Mark): { socket: Socket; tap: WireTap } {
  const socket = endpoint.scheme === "http" ? openTcp(endpoint, mark) : openTls(endpoint, mark, "http/1.1");
  socket.setNoDelay(true);
  return { socket, tap: tapSocket(socket, mark) };
}

/** The same connection for a client that speaks HTTP/2 and nothing else, untapped. Its ALPN offers `h2` alone (RFC 7301). */
export function openForHttp2(endpoint: Endpoint, mark: Mark): TLSSocket {
  const socket = openTls(endpoint, mark, "h2");
  socket.setNoDelay(true);
  return socket;
}

function openTcp({ address, port }: Endpoint, mark: Mark): Socket {
  const socket = connectTcp(port, address);
  watchConnect(socket, mark);
  return socket;
}

function openTls(endpoint: Endpoint, mark: Mark, protocol: "http/1.1" | "h2"): TLSSocket {
  const { address, port, host, proxy } = endpoint;
  const tunnel = proxy && openTunnel(proxy, endpoint, (socket) => watchConnect(socket, mark), mark);
  const socket = connectTls({
    ...(tunnel === undefined ? { host: address, port } : { socket: tunnel }),
    // RFC 6066 §3: an address is no server name.
    ...(isIP(host) === 0 && { servername: host }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    secureContext: contextFor(endpoint),
    ALPNProtocols: [protocol],
  });
  tunnel?.once("error", (error) => socket.destroy(error));
  if (tunnel === undefined) watchConnect(socket, mark);
  socket.once("secureConnect", () => mark("tls"));
  return socket;
}

function watchConnect(socket: Socket, mark: Mark): void {
  socket.once("lookup", (error: Error | null) => error ?? mark("dns")).once("connect", () => mark("tcp"));
}
