import { hash } from "node:crypto";
import type { ResponseHead } from "../../http/head.ts";
import { firstValue, listMembers, valuesOf } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";

/** RFC 6455 §1.3. */
const MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What proves that the server has read the key (RFC 6455 §4.2.2). */
export function acceptOf(key: string): string {
  return hash("sha1", Buffer.from(key + MAGIC, "latin1"), "base64");
}

/**
 * Why a client must refuse this 101 (RFC 6455 §4.1); undefined: it must not. `sent` is what stood on the client's wire.
 * A server that selects no subprotocol breaks no rule of the RFC. Values are never repeated: one may be the token.
 */
export function handshakeProblem(sent: HeaderList, { headers }: Pick<ResponseHead, "headers">): string | undefined {
  if (firstValue(headers, "upgrade")?.toLowerCase() !== firstValue(sent, "upgrade")?.toLowerCase())
    return "the 101 does not name the protocol that was asked for in its Upgrade header";
  if (!listMembers(valuesOf(headers, "connection")).some((option) => option.toLowerCase() === "upgrade"))
    return "the 101 has no Connection: Upgrade";
  const accepts = valuesOf(headers, "sec-websocket-accept");
  if (accepts.length !== 1) return `the 101 has ${accepts.length} Sec-WebSocket-Accept headers`;
  if (accepts[0] !== acceptOf(firstValue(sent, "sec-websocket-key") ?? ""))
    return "Sec-WebSocket-Accept is not the answer to this handshake's key: another handshake's, or a cached one";
  return extensionProblem(sent, headers) ?? subprotocolProblem(sent, headers);
}

function extensionProblem(sent: HeaderList, headers: HeaderList): string | undefined {
  const namesIn = (list: HeaderList): string[] =>
    listMembers(valuesOf(list, "sec-websocket-extensions")).map((one) => one.split(";")[0]!.trim().toLowerCase());
  const offered = namesIn(sent);
  return namesIn(headers).every((name) => offered.includes(name))
    ? undefined
    : "the 101 accepts an extension in Sec-WebSocket-Extensions that was not offered";
}

function subprotocolProblem(sent: HeaderList, headers: HeaderList): string | undefined {
  const selected = valuesOf(headers, "sec-websocket-protocol");
  if (selected.length === 0) return undefined;
  if (selected.length > 1) return `the 101 selects ${selected.length} subprotocols`;
  return listMembers(valuesOf(sent, "sec-websocket-protocol")).includes(selected[0]!)
    ? undefined
    : "the 101 selects a subprotocol that was not offered";
}
