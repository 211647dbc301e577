import { once } from "node:events";
import { connect as connectTcp, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { endOfHead, parseRequestHead, parseResponseHead } from "../../http/head.ts";
import type { RequestHead, ResponseHead } from "../../http/head.ts";

/** One end of a byte stream: everything it has received, and a way to wait for more. */
export class RawPeer {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  /** True once the other side has ended or the connection broke. */
  ended = false;
  error: Error | undefined;
  private waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    const wake = (): void => {
      for (const resume of this.waiting.splice(0)) resume();
    };
    const end = (): void => {
      this.ended = true;
      wake();
    };
    socket.on("data", (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      wake();
    });
    socket.on("error", (error) => (this.error = error));
    socket.on("end", end).on("close", end);
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Waits until the condition holds for what has arrived; fails when the stream ends before. */
  async until(isEnough: (text: string) => boolean): Promise<string> {
    while (!isEnough(this.text)) {
      if (this.ended) throw new Error(`the stream ended with: ${this.text.slice(0, 2000)}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return this.text;
  }

  async untilEnd(): Promise<string> {
    while (!this.ended) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.text;
  }

  /** Takes the next request head off what has arrived. */
  async requestHead(): Promise<RequestHead> {
    const head = parseRequestHead(await this.takeHead());
    if ("error" in head) throw new Error(head.error);
    return head;
  }

  /** Takes the next response head off what has arrived. */
  async responseHead(): Promise<ResponseHead> {
    const head = parseResponseHead(await this.takeHead());
    if ("error" in head) throw new Error(head.error);
    return head;
  }

  /** Takes so many bytes off what has arrived. */
  async take(count: number): Promise<string> {
    await this.until((text) => text.length >= count);
    const taken = this.received.subarray(0, count);
    this.received = this.received.subarray(count);
    return taken.toString("latin1");
  }

  get text(): string {
    return this.received.toString("latin1");
  }

  private async takeHead(): Promise<Buffer> {
    await this.until(() => endOfHead(this.received) !== -1);
    const end = endOfHead(this.received);
    const head = this.received.subarray(0, end);
    this.received = this.received.subarray(end);
    return head;
  }
}

/** A TCP server that speaks no protocol: the test reads its bytes and writes its answers. */
export interface RawServer {
  readonly port: number;
  /** Peers in the order in which they connected. */
  readonly peers: readonly RawPeer[];
  /** The peer with this index, once it has connected. */
  readonly peer: (index?: number) => Promise<RawPeer>;
  /** Connections that are open now. */
  readonly open: () => Promise<number>;
  readonly close: () => Promise<void>;
}

export async function startRawServer(
  onPeer: (peer: RawPeer) => unknown = () => undefined,
  make: (accept: (socket: Socket) => void) => Server = createServer,
): Promise<RawServer> {
  const peers: RawPeer[] = [];
  const sockets = new Set<Socket>();
  let waiting: (() => void)[] = [];
  const server = make((socket) => {
    const peer = new RawPeer(socket);
    peers.push(peer);
    for (const resume of waiting.splice(0)) resume();
    void Promise.resolve(onPeer(peer)).catch(() => socket.destroy());
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    peer: async (index = 0) => {
      while (peers.length <= index) await new Promise<void>((resolve) => (waiting = [...waiting, resolve]));
      return peers[index]!;
    },
    open: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client in clear text that sends exactly the bytes it is given. */
export async function rawClient(port: number): Promise<RawPeer> {
  const socket = connectTcp(port, "127.0.0.1");
  await once(socket, "connect");
  return new RawPeer(socket);
}

/** The same through TLS, with the name that a client would ask for. */
export async function rawTlsClient(port: number, servername: string, ca: string): Promise<RawPeer> {
  const socket = connectTls({ port, host: "127.0.0.1", servername, ca });
  await once(socket, "secureConnect");
  return new RawPeer(socket);
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startRawServer();
  await server.close();
  return server.port;
}

/** Waits until a condition holds, looking again each time the event loop turns; fails after ten seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const latest = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > latest) throw new Error(`did not become true within ten seconds: ${holds.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The bytes of a request: start line, header lines as given, blank line. */
export function requestBytes(startLine: string, lines: readonly string[], body = ""): string {
  return `${startLine}\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n${body}`;
}
