import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { refuseUpgrade } from "./handshake.ts";
import { MAX_HEAD } from "./limits.ts";
import { witness } from "./middleware.ts";
import type { MiddlewareOptions } from "./middleware.ts";

/** Fact H32: a load balancer keeps its connections for 600 s; whoever ends them first makes a request fail. */
const KEEP_ALIVE_MS = 620_000;

export interface WitnessOptions extends MiddlewareOptions {
  /** Key of the signature that opens it. */
  readonly key: string;
  /** Where it listens. Default: a free port on loopback. */
  readonly host?: string;
  readonly port?: number;
}

export interface Witness {
  readonly port: number;
  /** Ends everything at once. */
  readonly close: () => Promise<void>;
  /** Ends open sockets with Close 1001, and a second later whatever is left. */
  readonly stop: () => Promise<void>;
}

/**
 * The service that says what arrived: over HTTP as JSON, over WebSocket as its first text message, then echo.
 * Opened by a valid signature, once; everybody else gets a plain 404. It logs nothing.
 * @throws NodeJS.ErrnoException when it cannot listen there.
 */
export async function startWitness(options: WitnessOptions): Promise<Witness> {
  const { host = "127.0.0.1", port = 0, ...rest } = options;
  const guard = witness({ ...rest, revision: rest.revision ?? "emulated" });
  const server = createServer({ maxHeaderSize: MAX_HEAD, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    if (!guard.handle(request, response)) response.writeHead(404, { "content-length": 0 }).end();
  });
  server.maxHeadersCount = 0; // Node drops lines beyond 2000 entries without a word.
  server.on("upgrade", (request, socket, head) => {
    if (!guard.upgrade(request, socket, head)) refuseUpgrade(socket, { status: 404, body: "" });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  await once(server.listen(port, host), "listening");
  const close = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  const stop = async (): Promise<void> => {
    server.close();
    await guard.close();
    await close();
  };
  return { port: (server.address() as AddressInfo).port, close, stop };
}
