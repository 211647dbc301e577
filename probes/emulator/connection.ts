import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { requestFraming } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import { parseRequestHead } from "../../http/head.ts";
import type { HeadError, RequestHead } from "../../http/head.ts";
import { hasHeader, listMembers, sameName, valuesOf } from "../../http/header-list.ts";
import type { HeaderLine, HeaderList } from "../../http/header-list.ts";
import type { AccessRecord, EdgeRequest, Trace } from "../facts/trace.ts";
import { traceRequest } from "../model/trace.ts";
import type { Assumptions } from "../model/assumptions.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { accessRecord } from "./access.ts";
import { drawOf } from "./trace-ids.ts";
import { giveAnswer } from "./answer.ts";
import type { OwnAnswer, Reply } from "./answer.ts";
import { ByteReader, SilenceError } from "./byte-reader.ts";
import { exchange } from "./exchange.ts";
import type { ClientSide } from "./exchange.ts";
import type { Limits } from "./limits.ts";
import { hangUp } from "./tunnel.ts";
import type { Tunnel } from "./tunnel.ts";
import type { BackendAddress } from "./upstream.ts";

/** Heads are read up to here, so that the documented limit below it can be answered with its status (fact H27). */
const MAX_REQUEST_HEAD = 256 * 1024;

/** The edge as its connections see it. `model` may be another one for the next request. */
export interface Edge {
  model: EdgeModel;
  /** True once no further request is taken. */
  isLeaving: boolean;
  readonly seen: { requests: number; upgrades: number };
  readonly drawTraceId: () => string;
  readonly limits: Limits;
  readonly backends: Readonly<Record<string, BackendAddress>>;
  readonly assumptions: Assumptions | undefined;
  readonly clientAddress: string | undefined;
  /** True: a `Host` that names the port that the edge listens on here is read as one that names none. */
  readonly forgivesOwnPort: boolean;
  /** What is said of a service that has no backend. */
  readonly missingBackend: (service: string) => string;
  /** Undefined: nobody asks, and no record is made. */
  readonly onAccess: ((record: AccessRecord) => void) | undefined;
  /** Client connections on which a request is being answered. */
  readonly busy: Set<Socket>;
  readonly tunnels: Set<Tunnel>;
}

export interface Connection {
  readonly client: ClientSide;
  readonly scheme: "http" | "https";
  readonly edge: Edge;
}

/** Serves the requests of one connection, one after the other, and hangs up. */
export async function serveConnection(
  socket: Socket,
  transport: Socket,
  scheme: "http" | "https",
  edge: Edge,
): Promise<void> {
  socket.on("error", () => socket.destroy());
  socket.setNoDelay(true);
  const connection: Connection = { client: { socket, transport, reader: new ByteReader(socket) }, scheme, edge };
  while (!edge.isLeaving && (await serveRequest(connection)));
  edge.busy.delete(transport);
  connection.client.reader.release();
  await hangUp(socket, edge.limits.lingerMs);
}

/** One request on a kept-alive connection; false when the connection is to end. */
async function serveRequest(connection: Connection): Promise<boolean> {
  const { client, edge } = connection;
  edge.busy.delete(client.transport);
  const read = await readHead(connection);
  if (read === undefined) return false;
  edge.busy.add(client.transport);
  if ("status" in read) return refuse(connection, read);
  edge.seen.requests++;
  if ("error" in read) return refuse(connection, { status: 400, body: read.error });
  const framing = requestFraming(read.headers);
  if ("error" in framing) return refuse(connection, { status: 400, body: framing.error });
  return answerRequest(connection, asSeen(read, connection), framing);
}

async function readHead({ client, edge }: Connection): Promise<RequestHead | HeadError | OwnAnswer | undefined> {
  const { idleMs, headMs } = edge.limits;
  try {
    const bytes = await client.reader.head(MAX_REQUEST_HEAD, { beginMs: idleMs, wholeMs: headMs });
    if (bytes === undefined) return undefined;
    if (bytes === "too-large") return { status: 431, body: "the request head is larger than 256 KiB" };
    return parseRequestHead(bytes);
  } catch (cause) {
    if (!(cause instanceof SilenceError)) throw cause;
    return cause.hadBegun
      ? { status: 408, body: `the request head was not whole after ${headMs / 1000} s` }
      : undefined;
  }
}

/** An answer to bytes that are no request that could be traced. */
function refuse({ client, scheme, edge }: Connection, answer: OwnAnswer): boolean {
  const { body: note, status } = answer;
  const none = { method: "-", host: "", path: "", websocket: false, changes: [], durationMs: 0 };
  edge.onAccess?.({ at: Date.now(), scheme, ...none, outcome: "rejected-by-edge", status, note });
  return giveAnswer({ socket: client.socket, isHead: false, closing: true }, answer);
}

/** On a laptop a client has to name the port in the URL, and so in `Host`; of the edge itself it would name none. */
function asSeen(head: RequestHead, { client, edge }: Connection): RequestHead {
  if (!edge.forgivesOwnPort) return head;
  const own = `:${client.socket.localPort}`;
  const headers = head.headers.map((line): HeaderLine => {
    const [name, value] = line;
    return sameName(name, "host") && value.endsWith(own) ? [name, value.slice(0, -own.length)] : line;
  });
  return { ...head, headers };
}

async function answerRequest(connection: Connection, head: RequestHead, framing: BodyFraming): Promise<boolean> {
  const { client, edge, scheme } = connection;
  const traceId = edge.drawTraceId();
  const request: EdgeRequest = {
    scheme,
    ...head,
    clientAddress: edge.clientAddress ?? client.socket.remoteAddress ?? "",
    edgeAddress: client.socket.localAddress ?? "",
    traceId,
    draw: drawOf(traceId),
  };
  const trace = traceRequest(edge.model, request, edge.assumptions);
  const line = logLine(request, trace, edge);
  const destination = destinationOf(trace, edge);
  const closing = asksForClose(head) || edge.isLeaving;
  const reply: Reply = { socket: client.socket, isHead: head.method === "HEAD", closing };
  if ("status" in destination) {
    line.write(destination.status, destination.body);
    // A body that nobody reads would be taken for the next request.
    return giveAnswer({ ...reply, closing: closing || framing.kind !== "none" }, destination);
  }
  if (hasHeader(destination.forward.headers, "upgrade")) edge.seen.upgrades++;
  const { delayMs = 0, timeoutMs = Number.POSITIVE_INFINITY } = destination.forward;
  if (delayMs > 0) await delay(delayMs, undefined, { ref: false });
  const limits = { ...edge.limits, answerMs: Math.min(edge.limits.answerMs, timeoutMs) };
  const parts = { client, request, framing, closing, limits, ...destination };
  const end = await exchange(
    { ...parts, onStatus: line.status, onTunnel: (one) => hold(one, edge) },
    destination.backend,
  );
  if (typeof end === "object") {
    line.write(end.status, end.failed);
    return giveAnswer({ ...reply, closing: true }, { status: end.status, body: end.failed });
  }
  line.end();
  return end === "reusable";
}

/** Remembers an open socket, for the time when the edge goes away. */
function hold(tunnel: Tunnel, edge: Edge): void {
  edge.tunnels.add(tunnel);
  void tunnel.closed.then(() => edge.tunnels.delete(tunnel));
  if (edge.isLeaving) tunnel.goAway();
}

interface LogLine {
  readonly status: (status: number) => void;
  readonly write: (status: number | undefined, note?: string) => void;
  readonly end: () => void;
}

/** The one line of a request. That of an upgrade is written when the socket opens, for it may stay open for an hour. */
function logLine(request: EdgeRequest, trace: Trace, edge: Edge): LogLine {
  const [at, from] = [Date.now(), performance.now()];
  const websocket = hasHeader(trace.forward?.headers ?? [], "upgrade");
  let isWritten = false;
  let given: number | undefined;
  const write: LogLine["write"] = (status, note) => {
    if (isWritten) return;
    isWritten = true;
    const durationMs = Math.round((performance.now() - from) * 10) / 10;
    edge.onAccess?.(
      accessRecord({ at, request, trace, status, websocket, durationMs, ...(note !== undefined && { note }) }),
    );
  };
  const status = (each: number): void => {
    given = each;
    if (each === 101) write(each);
  };
  return { status, write, end: () => write(given, given === undefined ? "the client left" : undefined) };
}

type Ready = { readonly forward: NonNullable<Trace["forward"]>; readonly backend: BackendAddress };

/** What the edge answers itself; where it does not, the backend that the request goes to. */
function destinationOf(trace: Trace, edge: Edge): OwnAnswer | Ready {
  // What leaves a header open too: the edge must not serve what nobody knows.
  const open = trace.unknowns.filter(({ affects }) => affects !== "nothing");
  if (trace.outcome === "unknown" || open.length > 0) {
    const reasons = [...new Set(open.map(({ reason }) => reason))].join("; ");
    return { status: 501, body: `the emulated edge cannot tell: ${reasons}` };
  }
  if (trace.answer !== undefined) return trace.answer;
  // A backend that is no Cloud Run service of the configuration is known by its own address.
  const address = trace.service ?? trace.backend;
  if (trace.forward === undefined || address === undefined)
    return { status: 501, body: `the emulated edge cannot serve this: ${trace.reasons?.service ?? trace.outcome}` };
  const backend = edge.backends[trace.backend ?? ""] ?? edge.backends[address];
  if (backend === undefined) return { status: 503, body: edge.missingBackend(address) };
  return { forward: trace.forward, backend };
}

/** True when the connection is to end after this exchange (RFC 9112 §9.3, §9.6). */
function asksForClose({ version, headers }: { readonly version: string; readonly headers: HeaderList }): boolean {
  const asks = (wanted: string): boolean =>
    listMembers(valuesOf(headers, "connection")).some((member) => sameName(member, wanted));
  return asks("close") || (version === "1.0" && !asks("keep-alive"));
}
