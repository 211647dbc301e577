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
  const transports = new Map<string, Socket>();
  const below = (socket: Socket): Socket => transports.get(peerOf(socket)) ?? socket;
  const serve = (socket: Socket): void => accept(socket, below(socket));
  const secure =
    certificate === undefined
      ? undefined
      : createTlsServer(
          { allowHalfOpen: true, handshakeTimeout: HANDSHAKE_MS, ...keyAndCertificate(certificate) },
          serve,
        ).on("tlsClientError", () => undefined);
  const server: Server | TlsServer = secure ?? createTcpServer({ allowHalfOpen: true }, serve);
  const open = new Set<Socket>();
  server.prependListener("connection", (socket: Socket) => {
    const peer = peerOf(socket);
    transports.set(peer, socket);
    open.add(socket);
    socket
      .on("error", () => undefined)
      .on("close", () => {
        open.delete(socket);
        if (transports.get(peer) === socket) transports.delete(peer);
      });
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

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function keyAndCertificate({ key, certificate }: ThrowAwayCertificate): { key: string; cert: string } {
  return { key, cert: certificate };
}
