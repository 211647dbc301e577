import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { bodyScanner, requestFraming, responseFraming } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import { parseResponseHead, writeHead } from "../../http/head.ts";
import type { ResponseHead } from "../../http/head.ts";
import { listMembers, sameName, valuesOf, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { EdgeRequest, ForwardedRequest, ResponseAction } from "../facts/trace.ts";
import { ByteReader } from "./byte-reader.ts";

/** Largest response head that is relayed (fact H27: about 128 KB). */
const MAX_RESPONSE_HEAD = 128 * 1024;

export interface BackendAddress {
  readonly host: string;
  readonly port: number;
}

/** How an exchange left the client's connection. */
export type ExchangeEnd = "reusable" | "closed" | { readonly failed: string };

/**
 * Sends one request to its backend and relays the answer, with the response actions applied to the head. An upgrade
 * that the backend accepts is relayed byte for byte until either side ends.
 */
export async function exchange(
  client: Socket,
  reader: ByteReader,
  request: EdgeRequest,
  forward: ForwardedRequest,
  backend: BackendAddress,
): Promise<ExchangeEnd> {
  const upstream = connect(backend.port, backend.host);
  upstream.setNoDelay(true);
  const abandon = (): void => void upstream.destroy();
  client.once("close", abandon);
  try {
    await once(upstream, "connect");
    upstream.write(writeHead(`${request.method} ${forward.target} HTTP/1.1`, forward.headers));
    const framing = requestFraming(request.headers);
    if ("error" in framing) return { failed: framing.error };
    const sending = relay(reader, framing, upstream);
    const end = await relayResponse(client, reader, upstream, request, forward);
    if (end !== "reusable") return end;
    return (await Promise.race([sending, Promise.resolve("unfinished")])) === "unfinished" ? "closed" : end;
  } catch (cause) {
    return { failed: (cause as Error).message };
  } finally {
    client.off("close", abandon);
    upstream.destroy();
  }
}

async function relayResponse(
  client: Socket,
  clientReader: ByteReader,
  upstream: Socket,
  request: EdgeRequest,
  forward: ForwardedRequest,
): Promise<ExchangeEnd> {
  const reader = new ByteReader(upstream);
  for (;;) {
    const bytes = await reader.head(MAX_RESPONSE_HEAD);
    if (bytes === undefined || bytes === "too-large")
      return {
        failed:
          bytes === undefined ? "the backend ended before it answered" : "the backend's response head is too large",
      };
    const head = parseResponseHead(bytes);
    if ("error" in head) return { failed: `the backend's response is malformed: ${head.error}` };
    if (head.status === 101)
      return joinSockets(client, clientReader, upstream, reader, switchingHead(head, forward.responseActions));
    if (head.status < 200) {
      client.write(bytes);
      continue;
    }
    const framing = responseFraming(request.method, head.status, head.headers);
    if ("error" in framing) return { failed: framing.error };
    const closing = framing.kind === "until-close" || wantsClose(request.headers);
    client.write(finalHead(head, forward.responseActions, closing));
    await relay(reader, framing, client);
    return closing ? "closed" : "reusable";
  }
}

/** After the 101 the edge is a pipe. */
async function joinSockets(
  client: Socket,
  clientReader: ByteReader,
  upstream: Socket,
  upstreamReader: ByteReader,
  head: Buffer,
): Promise<"closed"> {
  client.write(head);
  const early = upstreamReader.release();
  if (early.length > 0) client.write(early);
  const fromClient = clientReader.release();
  if (fromClient.length > 0) upstream.write(fromClient);
  const ended = Promise.all([once(upstream, "close"), once(client, "close")]);
  upstream.pipe(client).on("error", () => upstream.destroy());
  client.pipe(upstream).on("error", () => client.destroy());
  await ended;
  return "closed";
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

/** True when the client asks that its connection end after this exchange (RFC 9112 §9.6). */
export function wantsClose(headers: readonly HeaderLine[]): boolean {
  return listMembers(valuesOf(headers, "connection")).some((member) => sameName(member, "close"));
}

async function relay(reader: ByteReader, framing: BodyFraming, to: Socket): Promise<void> {
  if (framing.kind === "none") return;
  const scan = bodyScanner(framing);
  for (;;) {
    const bytes = await reader.chunk();
    if (bytes === undefined) {
      if (framing.kind === "until-close") return;
      throw new Error("the peer ended in the middle of a body");
    }
    const { body, rest, done } = scan(bytes);
    if (body.length > 0 && !to.write(body)) await once(to, "drain");
    if (done) return reader.unread(rest);
  }
}
