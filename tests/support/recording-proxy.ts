import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { endOfHead, parseRequestHead } from "../../http/head.ts";
import { firstValue } from "../../http/header-list.ts";

export interface RecordingProxy {
  readonly port: number;
  /** Everything that clients sent through, in the order it came. */
  readonly received: () => string;
  readonly close: () => Promise<void>;
}

/**
 * Stands between an edge and a service, byte for byte, and keeps what it was sent. With `leak`, it is a careless
 * service: the value of that request header comes back in a response header.
 */
export async function recordingProxy(port: number, leak?: string): Promise<RecordingProxy> {
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let head: Buffer = Buffer.alloc(0);
    let leaked = leak === undefined;
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => socket.destroy()));
    client.on("data", (bytes) => {
      chunks.push(bytes);
      head = Buffer.concat([head, bytes]);
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      client.write(leaked ? bytes : withLeak(bytes, head, leak!));
      leaked = true;
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    received: () => Buffer.concat(chunks).toString("latin1"),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function withLeak(response: Buffer, request: Buffer, name: string): Buffer {
  const end = endOfHead(request);
  const head = end === -1 ? undefined : parseRequestHead(request.subarray(0, end));
  const value = head === undefined || "error" in head ? undefined : firstValue(head.headers, name);
  if (value === undefined) return response;
  const [status, ...rest] = response.toString("latin1").split("\r\n");
  return Buffer.from([status, `X-Debug: ${value}`, ...rest].join("\r\n"), "latin1");
}
