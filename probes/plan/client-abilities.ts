import type { Client, Protocol } from "../../contract/contract.ts";

/** Names that a page cannot set with `fetch`, besides every `Sec-` and `Proxy-` name (Fetch standard; fact B9). */
const FORBIDDEN_TO_FETCH = new Set([
  "connection",
  "content-length",
  "date",
  "expect",
  "host",
  "keep-alive",
  "origin",
  "referer",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

/** Names that a page sets on an upgrade: cookies through its jar, and the subprotocol list (fact B1). */
const PAGE_ON_UPGRADE = new Set(["cookie", "sec-websocket-protocol"]);

/** Why a client cannot carry a header; undefined when it can. A native client carries everything. */
export function cannotCarry(client: Client, protocol: Protocol, name: string): string | undefined {
  if (client === "native") return undefined;
  const lower = name.toLowerCase();
  if (protocol === "websocket")
    return PAGE_ON_UPGRADE.has(lower) ? undefined : "a page cannot send this header on an upgrade (B1)";
  const forbidden = FORBIDDEN_TO_FETCH.has(lower) || lower.startsWith("sec-") || lower.startsWith("proxy-");
  return forbidden ? "a page cannot set this header with fetch (B9)" : undefined;
}
