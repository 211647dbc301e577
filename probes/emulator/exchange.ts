import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { responseFraming } from "../../http/body.ts";
import type { BodyFraming } from "../../http/body.ts";
import { parseResponseHead, writeHead } from "../../http/head.ts";
import type { ResponseHead } from "../../http/head.ts";
import { listMembers, sameName, valuesOf, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { EdgeRequest, ForwardedRequest, ResponseAction } from "../facts/trace.ts";
import { ByteReader } from "./byte-reader.ts";
import { joinSockets, relayBody } from "./relay.ts";

/** Largest response head that is relayed (fact H27: about 128 KB). */
const MAX_RESPONSE_HEAD = 128 * 1024;

export interface BackendAddress {
  readonly host: string;
  readonly port: number;
}

/** How an exchange left the client's connection; `failed` only while nothing was sent to the client. */
export type ExchangeEnd = "reusable" | "closed" | { readonly failed: string };

interface Exchange {
  readonly client: Socket;
  readonly reader: ByteReader;
  readonly request: EdgeRequest;
  readonly forward: ForwardedRequest;
}

/**
 * Sends one request to its backend and relays the answer, with the response actions applied to the head. An upgrade
 * that the backend accepts is relayed byte for byte until either side ends.
 */
export async function exchange(
  client: Socket,
  reader: ByteReader,
  request: EdgeRequest,
  forward: ForwardedRequest,
  framing: BodyFraming,
  backend: BackendAddress,
): Promise<ExchangeEnd> {
  const upstream = connect(backend.port, backend.host);
  upstream.setNoDelay(true);
  const abandon = (): void => void upstream.destroy();
  client.once("close", abandon);
  try {
    await once(upstream, "connect");
    const upstreamReader = new ByteReader(upstream);
    upstream.write(writeHead(`${request.method} ${forward.target} HTTP/1.1`, forward.headers));
    let isSent = false;
    const sending = relayBody(reader, framing, upstream).then(() => (isSent = true));
    // A body that breaks off ends this exchange below; it must not end the process.
    sending.catch(() => upstream.destroy());
    const end = await relayResponse({ client, reader, request, forward }, upstream, upstreamReader);
    await Promise.resolve();
    // An answer that came before the whole request leaves bytes on the connection that belong to nothing.
    return end === "reusable" && !isSent ? "closed" : end;
  } catch (cause) {
    return { failed: (cause as Error).message };
  } finally {
    client.off("close", abandon);
    upstream.destroy();
  }
}

async function relayResponse(parts: Exchange, upstream: Socket, upstreamReader: ByteReader): Promise<ExchangeEnd> {
  const { client, reader, request, forward } = parts;
  for (;;) {
    const bytes = await upstreamReader.head(MAX_RESPONSE_HEAD);
    if (bytes === undefined) return { failed: "the backend ended before it answered" };
    if (bytes === "too-large") return { failed: "the backend's response head is too large" };
    const head = parseResponseHead(bytes);
    if ("error" in head) return { failed: `the backend's response is malformed: ${head.error}` };
    if (head.status === 101) {
      client.write(switchingHead(head, forward.responseActions));
      await joinSockets(client, reader.release(), upstream, upstreamReader.release());
      return "closed";
    }
    if (head.status >= 200) return relayFinal(client, upstreamReader, request, head, forward.responseActions);
    client.write(bytes);
  }
}

async function relayFinal(
  client: Socket,
  upstreamReader: ByteReader,
  request: EdgeRequest,
  head: ResponseHead,
  actions: readonly ResponseAction[],
): Promise<ExchangeEnd> {
  const framing = responseFraming(request.method, head.status, head.headers);
  if ("error" in framing) return { failed: framing.error };
  const closing = framing.kind === "until-close" || wantsClose(request.headers);
  client.write(finalHead(head, actions, closing));
  try {
    await relayBody(upstreamReader, framing, client);
    return closing ? "closed" : "reusable";
  } catch {
    // The head is out: all that is left to say is that the body is not whole.
    client.destroy();
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

/** True when the client asks that its connection end after this exchange (RFC 9112 §9.6). */
export function wantsClose(headers: readonly HeaderLine[]): boolean {
  return listMembers(valuesOf(headers, "connection")).some((member) => sameName(member, "close"));
}
