import type { Socket } from "node:net";
import { responseFraming } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import { parseResponseHead, writeHead } from "../../http/head.ts";
import type { ResponseHead } from "../../http/head.ts";
import { hasHeader, sameName, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { EdgeRequest, ForwardedRequest, ResponseAction } from "../facts/trace.ts";
import { ByteReader, SilenceError } from "./byte-reader.ts";
import type { Limits } from "./limits.ts";
import { breakOff, relayBody } from "./relay.ts";
import { openTunnel } from "./tunnel.ts";
import type { Tunnel } from "./tunnel.ts";
import { connectUpstream } from "./upstream.ts";
import type { BackendAddress } from "./upstream.ts";

/** Largest response head that is relayed (fact H27: about 128 KB). */
const MAX_RESPONSE_HEAD = 128 * 1024;

/** The client's side of an exchange. */
export interface ClientSide {
  readonly socket: Socket;
  /** The TCP connection below it: the same, or what carries its TLS. */
  readonly transport: Socket;
  readonly reader: ByteReader;
}

export interface Exchange {
  readonly client: ClientSide;
  readonly request: EdgeRequest;
  readonly framing: BodyFraming;
  /** True when the client's connection is to end after this exchange. */
  readonly closing: boolean;
  readonly forward: ForwardedRequest;
  readonly limits: Limits;
  /** Told the status that the client is given, once its head is out. */
  readonly onStatus: (status: number) => void;
  /** Told of an upgrade that the backend accepted. */
  readonly onTunnel: (tunnel: Tunnel) => void;
}

/** How an exchange left the client's connection; a failure only while nothing was sent to the client. */
export type ExchangeEnd = "reusable" | "closed" | Failure;

export interface Failure {
  readonly status: 400 | 503 | 504;
  readonly failed: string;
}

interface Upstream {
  readonly socket: Socket;
  readonly reader: ByteReader;
}

/**
 * Sends one request to its backend and relays the answer, with the response actions applied to the head. An upgrade
 * that the backend accepts is relayed byte for byte until either side ends.
 */
export async function exchange(parts: Exchange, backend: BackendAddress): Promise<ExchangeEnd> {
  const { client, limits, forward, request } = parts;
  const until = performance.now() + limits.answerMs;
  let upstream: Upstream;
  try {
    const socket = await connectUpstream(backend, limits.connectMs);
    upstream = { socket, reader: new ByteReader(socket) };
  } catch (cause) {
    return unanswered((cause as Error).message);
  }
  const abandon = (): void => void upstream.socket.destroy();
  client.socket.once("close", abandon);
  if (client.socket.destroyed) abandon();
  try {
    upstream.socket.write(writeHead(`${request.method} ${forward.target} HTTP/1.1`, forward.headers));
    const sending = sendBody(parts, upstream);
    const end = await relayResponse(parts, upstream, until);
    if (end !== "reusable" && end !== "closed" && sending.failed !== undefined) return sending.failed;
    await Promise.resolve();
    // An answer that came before the whole request leaves bytes on the connection that belong to nothing.
    return end === "reusable" && !sending.isDone ? "closed" : end;
  } finally {
    client.socket.off("close", abandon);
    upstream.socket.destroy();
  }
}

interface Sending {
  isDone: boolean;
  /** What the client did wrong with its body; "closed" when it is gone. */
  failed: ExchangeEnd | undefined;
}

/** A body that breaks off ends the exchange: the backend must not take it for whole. */
function sendBody({ client, framing, limits }: Exchange, { socket }: Upstream): Sending {
  const sending: Sending = { isDone: false, failed: undefined };
  relayBody(client.reader, framing, socket, limits.silenceMs).then(
    () => (sending.isDone = true),
    (cause: Error) => {
      if (client.reader.isOver) sending.failed = "closed";
      else if (!socket.destroyed) sending.failed = { status: 400, failed: `the request's body: ${cause.message}` };
      socket.destroy();
    },
  );
  return sending;
}

async function relayResponse(parts: Exchange, upstream: Upstream, until: number): Promise<ExchangeEnd> {
  const { client, forward, limits } = parts;
  for (;;) {
    const head = await responseHead(upstream, until, limits.answerMs);
    if ("failed" in head) return head;
    if (head.status === 101) {
      if (!hasHeader(forward.headers, "upgrade")) return unanswered("it switched protocols without being asked");
      client.socket.write(switchingHead(head, forward.responseActions));
      parts.onStatus(101);
      await tunnel(parts, upstream);
      return "closed";
    }
    if (head.status >= 200) return relayFinal(parts, upstream.reader, head);
    client.socket.write(head.bytes);
  }
}

async function responseHead(
  { reader }: Upstream,
  until: number,
  answerMs: number,
): Promise<(ResponseHead & { readonly bytes: Buffer }) | Failure> {
  const left = Math.max(0, until - performance.now());
  try {
    const bytes = await reader.head(MAX_RESPONSE_HEAD, { beginMs: left, wholeMs: left });
    if (bytes === undefined) return unanswered("it ended before it answered");
    if (bytes === "too-large") return unanswered("its response head is too large");
    const head = parseResponseHead(bytes);
    return "error" in head ? unanswered(`its response is malformed: ${head.error}`) : { ...head, bytes };
  } catch (cause) {
    if (!(cause instanceof SilenceError)) throw cause;
    return { status: 504, failed: `the backend did not answer within ${answerMs / 1000} s` };
  }
}

/** H25: a backend that fails before it answers is a 503 on the global scheme. */
function unanswered(why: string): Failure {
  return { status: 503, failed: `the backend failed: ${why}` };
}

async function tunnel({ client, limits, onTunnel }: Exchange, upstream: Upstream): Promise<void> {
  const opened = openTunnel(
    { socket: client.socket, early: client.reader.release() },
    { socket: upstream.socket, early: upstream.reader.release() },
    limits.lingerMs,
  );
  onTunnel(opened);
  await opened.closed;
}

async function relayFinal(parts: Exchange, answer: ByteReader, head: ResponseHead): Promise<ExchangeEnd> {
  const { client, request, forward, limits } = parts;
  const framing = responseFraming(request.method, head.status, head.headers);
  if ("error" in framing) return unanswered(`its response has ${framing.error}`);
  const closing = framing.kind === "until-close" || parts.closing;
  client.socket.write(finalHead(head, forward.responseActions, closing));
  parts.onStatus(head.status);
  try {
    await relayBody(answer, framing, client.socket, limits.answerMs);
    return closing ? "closed" : "reusable";
  } catch {
    // The head is out: all that is left to say is that the body is not whole.
    if (framing.kind === "until-close") breakOff(client.socket, client.transport);
    else client.socket.destroy();
    return "closed";
  }
}

function switchingHead(head: ResponseHead, actions: readonly ResponseAction[]): Buffer {
  return writeHead("HTTP/1.1 101 Switching Protocols", applyActions([...head.headers, ["via", "1.1 google"]], actions));
}

function finalHead(head: ResponseHead, actions: readonly ResponseAction[], closing: boolean): Buffer {
  const kept = head.headers.filter(([name]) => !isHopByHop(name) || sameName(name, "transfer-encoding"));
  const headers = applyActions([...kept, ["via", "1.1 google"]], actions);
  return writeHead(`HTTP/1.1 ${head.status} ${head.reason}`, closing ? [...headers, ["connection", "close"]] : headers);
}

function applyActions(headers: readonly HeaderLine[], actions: readonly ResponseAction[]): HeaderLine[] {
  return actions.reduce<HeaderLine[]>(
    (lines, action) => {
      if (action.kind === "remove") return withoutHeader(lines, action.name);
      return [...(action.replace ? withoutHeader(lines, action.name) : lines), [action.name, action.value]];
    },
    [...headers],
  );
}
