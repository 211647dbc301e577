import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Server as TlsServer } from "node:tls";
import type { ThrowAwayCertificate } from "./certificate.ts";

/** An address where the edge cannot listen. */
export class ListenError extends Error {
  readonly scheme: "http" | "https";
  /** Code of the operating system, such as EADDRINUSE. */
  readonly code: string;

  constructor(scheme: "http" | "https", cause: NodeJS.ErrnoException) {
    super(cause.message);
    this.name = "ListenError";
    this.scheme = scheme;
    this.code = cause.code ?? cause.message;
  }
}

export interface Door {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  /** Undefined: clear text. */
  readonly certificate: ThrowAwayCertificate | undefined;
  /** Told of each connection, with the TCP connection below it. */
  readonly accept: (socket: Socket, transport: Socket) => void;
}

export interface Listening {
  readonly port: number;
  /** TCP connections that are open. */
  readonly transports: ReadonlySet<Socket>;
  readonly useCertificate: (certificate: ThrowAwayCertificate) => void;
  /** Takes no further connection; resolves once the last one is gone. */
  readonly close: () => Promise<void>;
}

/** How long a TLS handshake may take, in milliseconds. */
const HANDSHAKE_MS = 10_000;

/**
 * Opens one port. Connections may be half closed: a client that has said all may still be answered.
 * @throws ListenError
 */
export async function listen({ scheme, host, port, certificate, accept }: Door): Promise<Listening> {
  const secure = certificate === undefined ? undefined : secureServer(certificate, accept);
  const server: Server | TlsServer =
    secure ?? createTcpServer({ allowHalfOpen: true }, (socket) => accept(socket, socket));
  const open = new Set<Socket>();
  server.prependListener("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => undefined).on("close", () => open.delete(socket));
  });
  try {
    await once(server.listen(port, host), "listening");
  } catch (cause) {
    throw new ListenError(scheme, cause as NodeJS.ErrnoException);
  }
  return {
    port: (server.address() as AddressInfo).port,
    transports: open,
    useCertificate: (next) => secure?.setSecureContext(keyAndCertificate(next)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The server hands over a TLS socket alone: the TCP connection below it is known by its peer. */
function secureServer(certificate: ThrowAwayCertificate, accept: Door["accept"]): TlsServer {
  const transports = new Map<string, Socket>();
  const options = { allowHalfOpen: true, handshakeTimeout: HANDSHAKE_MS, ...keyAndCertificate(certificate) };
  const server = createTlsServer(options, (socket) => accept(socket, transports.get(peerOf(socket)) ?? socket));
  server.on("tlsClientError", () => undefined);
  return server.prependListener("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    transports.set(peer, socket);
    socket.on("close", () => transports.get(peer) === socket && transports.delete(peer));
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function keyAndCertificate({ key, certificate }: ThrowAwayCertificate): { key: string; cert: string } {
  return { key, cert: certificate };
}
