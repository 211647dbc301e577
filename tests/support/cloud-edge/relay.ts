import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** Port that a connection is handed on to; undefined: nobody answers, and it is ended. */
export type Chooser = (socket: Socket) => number | undefined | Promise<number | undefined>;

export interface Relay {
  readonly port: number;
  /** Ends every open connection, on both sides, and takes new ones as before. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

/** A port of loopback that hands each connection on, byte for byte, to a port that is chosen when it comes. */
export async function startRelay(choose: Chooser): Promise<Relay> {
  const open = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket.setNoDelay(true));
    socket.on("error", () => socket.destroy()).on("close", () => open.delete(socket));
    void handOn(socket, choose);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close: async () => {
      const ended = new Promise((resolve) => server.close(resolve));
      cut();
      await ended;
    },
  };
}

async function handOn(socket: Socket, choose: Chooser): Promise<void> {
  const port = await choose(socket);
  if (port === undefined || socket.destroyed) return void socket.destroy();
  bind(socket, connect({ port, host: "127.0.0.1", allowHalfOpen: true }));
}

/** Joins two connections: what one says the other hears, and none outlives the other. */
function bind(one: Socket, other: Socket): void {
  for (const [here, there] of [
    [one, other],
    [other, one],
  ] as const)
    here
      .setNoDelay(true)
      .on("error", () => here.destroy())
      .on("close", () => there.destroy())
      .pipe(there);
}
