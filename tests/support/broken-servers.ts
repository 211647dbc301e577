import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

export interface BrokenServer {
  readonly port: number;
  /** Settled once somebody has connected. */
  readonly met: Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Accepts every connection and says nothing. */
export function silentServer(): Promise<BrokenServer> {
  return serve(createServer((socket) => socket.on("error", () => undefined)));
}

/** Answers like a witness, with yesterday's nonce. */
export function staleWitness(): Promise<BrokenServer> {
  return serve(
    createHttpServer((request, response) => {
      const headers = Array.from({ length: request.rawHeaders.length / 2 }, (_, index) =>
        request.rawHeaders.slice(index * 2, index * 2 + 2),
      );
      response.end(
        JSON.stringify({
          schema: "headgate-witness/1",
          nonce: "0123456789abcdef",
          service: "backend",
          revision: "r",
          image: null,
          instance: "i",
          startedAt: "",
          method: "GET",
          target: "/",
          httpVersion: "1.1",
          headers,
        }),
      );
    }),
  );
}

async function serve(server: Server): Promise<BrokenServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const met = new Promise((resolve) => server.once("connection", resolve));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    met,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
