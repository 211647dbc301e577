import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { SIGNATURE_HEADER } from "../../../contract/probe-protocol.ts";
import type { WitnessReport } from "../../../contract/probe-protocol.ts";
import { throwAwayCertificate } from "../../../probes/emulator/certificate.ts";
import { witness } from "../../../probes/witness/middleware.ts";
import type { Middleware } from "../../../probes/witness/middleware.ts";
import { KEY, signature, signedTarget } from "../../support/attempt-fixture.ts";
import { closeAfterEach, get, handshake, post } from "../../support/emulated-edge.ts";
import { rawClient, rawTlsClient } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();
const header = (token = signature()): string => `${SIGNATURE_HEADER}: ${token}`;
const SWITCHED = "HTTP/1.1 101 Of The App\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-App: yes\r\n\r\n";

/** An application's own server: answers everything by itself, and says what it was asked. */
const app: RequestListener = (request, response) => {
  let body = "";
  request.on("data", (bytes: Buffer) => (body += bytes.toString()));
  request.on("end", () =>
    response
      .writeHead(203, { "X-App": "yes" })
      .end(`${request.method} ${request.url} ${body} ${request.rawHeaders.join("|")}`),
  );
};
const appUpgrade = (_: IncomingMessage, socket: Duplex, head: Buffer): void => {
  socket.on("error", () => socket.destroy());
  socket.write(`${SWITCHED}early:${head.toString()};`);
  socket.on("data", (bytes) => socket.write(bytes));
};

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  opened({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

/** Everything that comes back for these bytes until the stream ends, or `enough` has come; the date masked. */
async function answer(port: number, bytes: string, enough = (_: string): boolean => false): Promise<string> {
  const client = await rawClient(port);
  opened({ close: () => client.socket.destroy() });
  client.send(bytes);
  while (!client.ended && !enough(client.text)) await Promise.race([once(client.socket, "data"), client.untilEnd()]);
  return client.text.replace(/Date: .*/g, "Date: …");
}

const closing = "Connection: close";

/** The report in an answer over HTTP. */
async function reportOver(port: number, bytes: string): Promise<WitnessReport> {
  const text = await answer(port, bytes);
  expect(text).toMatch(/^HTTP\/1.1 200 /);
  return JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)) as WitnessReport;
}

/** The first message of a socket that `ws` opens. */
async function firstMessage(port: number, target = signedTarget(), headers = {}): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`, { headers });
  opened({ close: () => socket.terminate() });
  return String((await once(socket, "message"))[0]);
}

/** Ways to put the witness into an application, each with the application's own listeners. */
const WAYS: Readonly<Record<string, (server: Server, guard: Middleware, withSockets: boolean) => void>> = {
  "attached before the application's listeners": (server, guard, withSockets) => {
    guard.attach(server);
    server.on("request", app);
    if (withSockets) server.on("upgrade", appUpgrade);
  },
  "attached after the application's listeners": (server, guard, withSockets) => {
    server.on("request", app);
    if (withSockets) server.on("upgrade", appUpgrade);
    guard.attach(server);
  },
  "asked by the application's listeners": (server, guard, withSockets) => {
    server.on("request", (request, response) => guard.handle(request, response) || app(request, response));
    if (withSockets)
      server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (!guard.upgrade(request, socket, head)) appUpgrade(request, socket, head);
      });
  },
  "as a handler of Express": (server, guard, withSockets) => {
    const handler = guard.express();
    server.on("request", (request, response) => handler(request, response, () => app(request, response)));
    if (withSockets)
      server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (!guard.upgrade(request, socket, head)) appUpgrade(request, socket, head);
      });
  },
};

async function start(way: string, withSockets = true): Promise<number> {
  const server = createServer();
  WAYS[way]!(server, witness({ key: KEY, service: "backend" }), withSockets);
  return listen(server);
}

async function bare(withSockets: boolean): Promise<number> {
  const server = createServer(app);
  if (withSockets) server.on("upgrade", appUpgrade);
  return listen(server);
}

describe.each(Object.keys(WAYS))("%s", (way) => {
  it("answers signed requests and signed upgrades, the application the others", async () => {
    const port = await start(way);
    const report = await reportOver(port, get(["X-A: 1", header(), closing], "/guarded?x=1"));
    expect(report).toMatchObject({ schema: "headgate-witness/1", service: "backend", target: "/guarded?x=1" });
    expect(report.headers).toContainEqual(["X-A", "1"]);
    expect(JSON.parse(await firstMessage(port))).toMatchObject({ service: "backend", method: "GET" });
    expect(await answer(port, get([closing]))).toContain("HTTP/1.1 203");
    expect(await answer(port, handshake(), (text) => text.includes("early:"))).toContain("101 Of The App");
  });

  const used = signature({ expiresAt: Date.now() + 600_000 });
  const done = (text: string): boolean => text.includes(";again");
  const again = "again";
  const CASES: [string, string, ((text: string) => boolean)?][] = [
    ["nothing of ours", get([closing])],
    ["a body", post(["Content-Length: 4", closing], "body")],
    ["two requests at once", get() + get([closing])],
    ["a HEAD", get([closing]).replace("GET", "HEAD")],
    ["a signature by another key", get([header(signature({ key: "another key of 16" })), closing])],
    ["an expired signature", get([closing], `/ws?headgate-signature=${signature({ expiresAt: 1 })}`)],
    ["a signature that was used", get([header(used), closing])],
    ["two signatures", get([header(), closing], signedTarget())],
  ].map(([name, bytes]) => [name!, bytes!]);

  it.each(CASES)("leaves untouched, byte for byte: %s", async (_, bytes) => {
    for (const withSockets of [true, false]) {
      const [own, beside] = [await bare(withSockets), await start(way, withSockets)];
      expect(await answer(beside, get([header(used), closing]))).toContain("HTTP/1.1 200");
      expect(await answer(beside, bytes)).toBe(await answer(own, bytes));
    }
  });

  it.each([
    ["nothing of ours", handshake()],
    ["with a false signature", handshake([header(signature({ key: "another key of 16" }))])],
    ["to another protocol", handshake().replace("Upgrade: websocket", "Upgrade: other")],
  ])("leaves an upgrade untouched, byte for byte: %s", async (_, bytes) => {
    const [own, beside] = [await bare(true), await start(way)];
    const sent = `${bytes}${again}`;
    const both = [];
    for (const port of [own, beside])
      both.push(await answer(port, sent, (text) => text.includes("early:again;") || done(text)));
    expect(both[0]).toContain("early:again;");
    expect(both[1]).toBe(both[0]);
  });

  it("leaves an application without WebSockets one: upgrades stay requests", async () => {
    const [own, beside] = [await bare(false), await start(way, false)];
    const bytes = handshake().replace("Connection: Upgrade", "Connection: Upgrade, close");
    expect(await answer(beside, bytes)).toBe(await answer(own, bytes));
    expect(await answer(own, bytes)).toContain("HTTP/1.1 203");
  });
});

describe("with the package ws", () => {
  it("attached: signed upgrades are the witness's, the others the application's", async () => {
    const server = createServer();
    const guard = witness({ key: KEY, service: "backend" });
    const wss = new WebSocketServer({ server });
    opened({ close: () => wss.close() });
    wss.on("connection", (socket) => socket.send("of the app"));
    guard.attach(server);
    const port = await listen(server);
    expect(await firstMessage(port, "/")).toBe("of the app");
    expect(await firstMessage(port)).toContain("headgate-witness/1");
    expect(wss.clients.size).toBe(1);
  });

  it.each([true, false])(
    "in front of handleUpgrade: behind the application's own checks (server given: %s)",
    async (given) => {
      const server = createServer();
      const guard = witness({ key: KEY, service: "backend" });
      const wss = given ? new WebSocketServer({ server }) : new WebSocketServer({ noServer: true });
      opened({ close: () => wss.close() });
      guard.ws(wss);
      wss.on("connection", (socket) => socket.send("of the app"));
      if (!given)
        server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
          if (request.headers.authorization === undefined) return void socket.end("HTTP/1.1 401 Of The App\r\n\r\n");
          wss.handleUpgrade(request, socket, head, (webSocket) => wss.emit("connection", webSocket, request));
        });
      const port = await listen(server);
      const authorized = { authorization: "Bearer x" };
      expect(await firstMessage(port, "/", authorized)).toBe("of the app");
      expect(await firstMessage(port, signedTarget(), authorized)).toContain("headgate-witness/1");
      if (!given) expect(await answer(port, handshake([], signedTarget()))).toContain("401 Of The App");
    },
  );
});

describe("inside an application", () => {
  it("reports the target that arrived where a handler is mounted below a path", async () => {
    const guard = witness({ key: KEY, service: "backend" }).express();
    const server = createServer((request, response) => {
      Object.assign(request, { originalUrl: request.url, url: request.url!.replace("/mounted", "") });
      guard(request, response, () => app(request, response));
    });
    const port = await listen(server);
    const report = await reportOver(port, get([header(), closing], "/mounted/ws?x=1"));
    expect(report.target).toBe("/mounted/ws?x=1");
  });

  it("is silent where the application has answered already", async () => {
    const guard = witness({ key: KEY, service: "backend" });
    const handled: boolean[] = [];
    const server = createServer((request, response) => {
      response.end("of the app");
      handled.push(guard.handle(request, response));
    });
    const port = await listen(server);
    expect(await answer(port, get([header(), closing]))).toContain("of the app");
    expect(handled).toEqual([false]);
  });

  it("keeps the headers that the application has set, and stays out of caches", async () => {
    const guard = witness({ key: KEY, service: "backend" });
    const server = createServer((request, response) => {
      response.setHeader("X-Frame-Options", "DENY");
      guard.handle(request, response);
    });
    const text = await answer(await listen(server), get([header(), closing]));
    expect(text).toMatch(/x-frame-options: DENY/i);
    expect(text).toMatch(/cache-control: no-store/i);
  });

  it("works behind TLS", async () => {
    const { key, certificate } = await throwAwayCertificate(["api.example.com"]);
    const server = createSecureServer({ key, cert: certificate }, app);
    witness({ key: KEY, service: "backend" }).attach(server);
    const port = await listen(server);
    const client = await rawTlsClient(port, "api.example.com", certificate);
    client.send(get([header(), closing]));
    expect(await client.untilEnd()).toContain("headgate-witness/1");
  });

  it.each([
    [undefined, "it has no key"],
    ["", "it has no key"],
    ["fifteen letters", "its key is shorter than 16 characters"],
    [12_345_678_901_234_567_890, "it has no key"],
    [null, "it has no key"],
  ])("answers nobody with the key %j, says why, and does not throw", async (key, why) => {
    const guard = witness({ key: key as string, service: "backend" });
    expect(guard.closed).toBe(why);
    const server = createServer(app);
    guard.attach(server);
    const port = await listen(server);
    expect(await answer(port, get([header(signature({ key: String(key) })), closing]))).toContain("HTTP/1.1 203");
  });

  it("is open with a key of 16 characters", () => {
    expect(witness({ key: KEY, service: "backend" }).closed).toBeUndefined();
  });

  it("says of which revision and image it is", async () => {
    const server = createServer(app);
    witness({ key: KEY, service: "backend", revision: "backend-00007", image: "app@sha256:1" }).attach(server);
    const port = await listen(server);
    const report = await reportOver(port, get([header(), closing]));
    expect(report).toMatchObject({ revision: "backend-00007", image: "app@sha256:1" });
    const plain = createServer(app);
    witness({ key: KEY, service: "backend" }).attach(plain);
    expect(await reportOver(await listen(plain), get([header(), closing]))).toMatchObject({
      revision: "unknown",
      image: null,
    });
  });

  it("close ends its sockets with 1001, the application's not, and opens no more", async () => {
    const server = createServer(app).on("upgrade", appUpgrade);
    const guard = witness({ key: KEY, service: "backend" });
    guard.attach(server);
    const port = await listen(server);
    const socket = new WebSocket(`ws://127.0.0.1:${port}${signedTarget()}`);
    await once(socket, "message");
    const own = await rawClient(port);
    own.send(handshake());
    await own.responseHead();
    const closed = once(socket, "close");
    await guard.close();
    expect((await closed)[0]).toBe(1001);
    expect(await answer(port, handshake([], signedTarget()))).toContain("HTTP/1.1 503");
    own.send("still");
    await own.until((text) => text.endsWith("still"));
    own.socket.destroy();
  });

  it("holds its sockets beyond the application's own time limits", async () => {
    const server = createServer(app).on("upgrade", appUpgrade).setTimeout(200);
    witness({ key: KEY, service: "backend" }).attach(server);
    const socket = new WebSocket(`ws://127.0.0.1:${await listen(server)}${signedTarget()}`);
    opened({ close: () => socket.terminate() });
    await once(socket, "message");
    await new Promise((resolve) => setTimeout(resolve, 600));
    socket.send("still");
    expect(String((await once(socket, "message"))[0])).toBe("still");
  });

  it("survives clients that reset in the middle", async () => {
    const server = createServer(app).on("upgrade", appUpgrade);
    witness({ key: KEY, service: "backend" }).attach(server);
    const port = await listen(server);
    for (let index = 0; index < 50; index++) {
      const client = await rawClient(port);
      client.send(index % 2 === 0 ? handshake([], signedTarget()) : get([header()]));
      if (index % 4 < 2) await client.responseHead();
      client.socket.resetAndDestroy();
    }
    expect(JSON.parse(await firstMessage(port))).toMatchObject({ service: "backend" });
  });
});
