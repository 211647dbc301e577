import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { requestFraming } from "../../http/body.ts";
import { parseRequestHead, writeHead } from "../../http/head.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import type { Assumptions } from "../model/assumptions.ts";
import type { EdgeModel, Listener } from "../model/edge-model.ts";
import { traceRequest } from "../model/trace.ts";
import { ByteReader } from "./byte-reader.ts";
import { exchange, wantsClose } from "./exchange.ts";
import type { BackendAddress } from "./exchange.ts";

/** Heads are read up to here, so that the documented limit below it can be answered with its status (fact H27). */
const MAX_REQUEST_HEAD = 256 * 1024;

export interface EmulatorOptions {
  /** Terraform address of a Cloud Run service → where its stand-in listens. */
  readonly backends: Readonly<Record<string, BackendAddress>>;
  /** False serves the HTTPS listener in clear text. Default true: a throw-away EC certificate for the declared names. */
  readonly tls?: boolean;
  /** Seed of what the edge draws at random, such as trace ids: the same seed gives the same run. Default 1. */
  readonly seed?: number;
  /** Values for open questions, by name. */
  readonly assumptions?: Assumptions;
  /** Address that every client has, in place of the loopback address it comes from. */
  readonly clientAddress?: string;
}

export interface Emulator {
  /** Loopback port of each listener that the configuration has. */
  readonly ports: Readonly<Partial<Record<"http" | "https", number>>>;
  /** PEM of the authority that clients must trust; undefined without TLS. */
  readonly ca: string | undefined;
  /** Requests whose head was read, upgrades among them. */
  readonly seen: { requests: number; upgrades: number };
  readonly close: () => Promise<void>;
}

interface Edge {
  readonly drawTraceId: () => string;
  readonly model: EdgeModel;
  readonly options: EmulatorOptions;
  readonly seen: { requests: number; upgrades: number };
}

/**
 * Serves the modelled edge on loopback: HTTP/1.1 and WebSocket upgrades, driven by the model alone. Request heads are
 * parsed here, because Node's own server refuses or alters some that the edge lets pass.
 */
export async function startEmulator(model: EdgeModel, options: EmulatorOptions): Promise<Emulator> {
  const edge: Edge = { model, options, seen: { requests: 0, upgrades: 0 }, drawTraceId: traceIds(options.seed ?? 1) };
  const sockets = new Set<Socket>();
  const names = model.listeners.flatMap(({ certificateNames }) => certificateNames);
  // Loaded only where TLS is served: the certificate's library is large.
  const certificate =
    options.tls !== false && names.length > 0
      ? await (await import("./certificate.ts")).throwAwayCertificate(names)
      : undefined;
  const servers: Server[] = [];
  const ports: Partial<Record<"http" | "https", number>> = {};
  for (const listener of oneForEachScheme(model.listeners)) {
    const accept = (socket: Socket): void => void serveConnection(socket, listener, edge);
    const server =
      listener.scheme === "https" && certificate !== undefined
        ? createTlsServer({ key: certificate.key, cert: certificate.certificate }, accept)
        : createTcpServer(accept);
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
    });
    server.on("tlsClientError", () => undefined);
    await once(server.listen(0, "127.0.0.1"), "listening");
    servers.push(server);
    ports[listener.scheme] = (server.address() as AddressInfo).port;
  }
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  return { ports, ca: certificate?.certificate, seen: edge.seen, close };
}

/** Forwarding rules of one scheme, as for IPv4 and IPv6, are one listener for a client: the model speaks for all. */
function oneForEachScheme(listeners: readonly Listener[]): Listener[] {
  return listeners.filter(({ scheme }, index) => listeners.findIndex((each) => each.scheme === scheme) === index);
}

async function serveConnection(socket: Socket, listener: Listener, edge: Edge): Promise<void> {
  socket.on("error", () => socket.destroy());
  socket.setNoDelay(true);
  const reader = new ByteReader(socket);
  while (await serveRequest(socket, reader, listener, edge));
  socket.end();
}

/** One request on a kept-alive connection; false when the connection is to end. */
async function serveRequest(socket: Socket, reader: ByteReader, listener: Listener, edge: Edge): Promise<boolean> {
  const bytes = await reader.head(MAX_REQUEST_HEAD);
  if (bytes === undefined) return false;
  if (bytes === "too-large")
    return answer({ socket, isHead: false, closing: true }, 431, "the request head is larger than 256 KiB");
  const head = parseRequestHead(bytes);
  edge.seen.requests++;
  if ("error" in head) return answer({ socket, isHead: false, closing: true }, 400, head.error);
  const framing = requestFraming(head.headers);
  if ("error" in framing) return answer({ socket, isHead: false, closing: true }, 400, framing.error);
  const request: EdgeRequest = {
    scheme: listener.scheme,
    ...head,
    clientAddress: edge.options.clientAddress ?? socket.remoteAddress ?? "",
    edgeAddress: socket.localAddress ?? "",
    traceId: edge.drawTraceId(),
  };
  const trace = traceRequest(edge.model, request, edge.options.assumptions);
  // A body that nobody reads would be taken for the next request.
  const reply: Reply = {
    socket,
    isHead: head.method === "HEAD",
    closing: wantsClose(head.headers) || framing.kind !== "none",
  };
  if (trace.outcome === "unknown")
    return answer(
      reply,
      501,
      `the emulated edge cannot tell: ${trace.unknowns.map(({ reason }) => reason).join("; ")}`,
    );
  if (trace.answer !== undefined) return giveAnswer(reply, trace.answer);
  if (trace.forward === undefined || trace.service === undefined)
    return answer(reply, 501, `the emulated edge cannot serve this: ${trace.outcome}`);
  const backend = edge.options.backends[trace.service];
  if (backend === undefined) return answer(reply, 503, `no backend is given for ${trace.service}`);
  if (trace.forward.headers.some(([name]) => name === "upgrade")) edge.seen.upgrades++;
  const end = await exchange(socket, reader, request, trace.forward, framing, backend);
  // H25: a backend that fails before it answers is a 503 on the global scheme.
  return typeof end === "object"
    ? answer({ ...reply, closing: true }, 503, `the backend failed: ${end.failed}`)
    : end === "reusable";
}

/** How an answer of the edge itself is to be given. */
interface Reply {
  readonly socket: Socket;
  /** An answer to HEAD has the head alone (RFC 9110 §9.3.2). */
  readonly isHead: boolean;
  readonly closing: boolean;
}

function giveAnswer(reply: Reply, { status, headers, body }: EdgeAnswer): boolean {
  return answer(reply, status, body, headers);
}

function answer(
  { socket, isHead, closing }: Reply,
  status: number,
  body: string,
  headers: readonly HeaderLine[] = [],
): boolean {
  if (socket.destroyed || socket.writableEnded) return false;
  const lines: HeaderLine[] = [
    ...headers,
    ["content-length", String(Buffer.byteLength(body))],
    ["via", "1.1 google"],
    ...(closing ? [["connection", "close"] as const] : []),
  ];
  socket.write(Buffer.concat([writeHead(`HTTP/1.1 ${status} Edge`, lines), Buffer.from(isHead ? "" : body)]));
  return !closing;
}

/** Ids of 32 hexadecimal digits from a seeded generator (mulberry32). */
function traceIds(seed: number): () => string {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return () => Array.from({ length: 4 }, () => word().toString(16).padStart(8, "0")).join("");
}
