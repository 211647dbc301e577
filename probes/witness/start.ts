import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { SIGNATURE_HEADER, SIGNATURE_QUERY, WITNESS_SCHEMA, verify } from "../../contract/probe-protocol.ts";
import type { SignedClaim, WitnessReport } from "../../contract/probe-protocol.ts";
import { linesOf } from "../../http/header-list.ts";

/** The witness must not be the limit it measures: heads are read up to 256 KiB. */
const MAX_HEAD = 256 * 1024;
const MAX_MESSAGE = 1024 * 1024;

export interface WitnessOptions {
  /** What the witness says it is. */
  readonly service: string;
  readonly revision?: string;
  readonly image?: string;
  /** Key of the signature that opens it. */
  readonly key: string;
  /** Subprotocols it selects when offered, in order of preference; it never selects another. */
  readonly subprotocols?: readonly string[];
  readonly now?: () => number;
}

export interface Witness {
  readonly port: number;
  readonly close: () => Promise<void>;
}

type Identity = Pick<WitnessReport, "service" | "revision" | "image" | "instance" | "startedAt">;

/** The report on a request that the signature opens; undefined for everybody else's. */
type Testimony = (request: IncomingMessage) => WitnessReport | undefined;

/**
 * The service that says what arrived: over HTTP as JSON, over WebSocket as its first text message, then echo.
 * Opened by a valid signature; everybody else gets a plain 404. It logs nothing.
 */
export async function startWitness(options: WitnessOptions): Promise<Witness> {
  const { service, revision = "emulated", image = null, now = Date.now } = options;
  const identity: Identity = { service, revision, image, instance: randomUUID(), startedAt: new Date().toISOString() };
  const testimony: Testimony = (request) => {
    const claim = claimOf(request, options.key, now());
    return claim === undefined ? undefined : reportOn(request, claim, identity);
  };
  const sockets = new Set<Duplex>();
  const server = createServer({ maxHeaderSize: MAX_HEAD }, (request, response) => answer(response, testimony(request)));
  server.maxHeadersCount = 0; // Node drops lines beyond 2000 entries without a word.
  server.on("upgrade", upgradeHandler(testimony, options.subprotocols ?? []));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function answer(response: ServerResponse, report: WitnessReport | undefined): void {
  if (report === undefined) return void response.writeHead(404, { "content-length": 0 }).end();
  const body = JSON.stringify(report);
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  response.writeHead(200, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}

type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

function upgradeHandler(testimony: Testimony, subprotocols: readonly string[]): UpgradeHandler {
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (offered) => subprotocols.find((name) => offered.has(name)) ?? false,
  });
  return (request, socket, head) => {
    const report = testimony(request);
    if (report === undefined) socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    else upgrades.handleUpgrade(request, socket, head, (webSocket) => testify(webSocket, report));
  };
}

function testify(webSocket: WebSocket, report: WitnessReport): void {
  webSocket.on("error", () => webSocket.terminate());
  webSocket.send(JSON.stringify(report));
  webSocket.on("message", (data, isBinary) => webSocket.send(data, { binary: isBinary }));
}

function claimOf(request: IncomingMessage, key: string, now: number): SignedClaim | undefined {
  const header = request.headers[SIGNATURE_HEADER.toLowerCase()];
  const query = new URLSearchParams((request.url ?? "").split("?").slice(1).join("?")).get(SIGNATURE_QUERY);
  const token = typeof header === "string" ? header : query;
  return token === null ? undefined : verify(token, key, now);
}

function reportOn(request: IncomingMessage, { nonce }: SignedClaim, identity: Identity): WitnessReport {
  const { method = "", url: target = "", httpVersion, rawHeaders } = request;
  return { schema: WITNESS_SCHEMA, nonce, ...identity, method, target, httpVersion, headers: linesOf(rawHeaders) };
}
