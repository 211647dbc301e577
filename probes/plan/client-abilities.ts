import type { Client, Protocol } from "../../contract/contract.ts";
import { isToken } from "../../http/token.ts";

/**
 * Forbidden request-header names of the Fetch standard, besides every `Sec-` and `Proxy-` name (fact B9). `Cookie` is
 * forbidden too and not here: a page has it by its jar.
 */
const FORBIDDEN_TO_FETCH = new Set([
  "accept-charset",
  "accept-encoding",
  "access-control-request-headers",
  "access-control-request-method",
  "access-control-request-private-network",
  "connection",
  "content-length",
  "cookie2",
  "date",
  "dnt",
  "expect",
  "host",
  "keep-alive",
  "origin",
  "referer",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

/** Names that a page sets on an upgrade: cookies through its jar, and the subprotocol list (fact B1). */
const PAGE_ON_UPGRADE = new Set(["cookie", "sec-websocket-protocol"]);

/** Where a page stands, and where it sends to. */
export interface PageReach {
  readonly page: string;
  readonly host: string;
  /** The environment's domain: hosts on and below it are one site. */
  readonly domain: string;
}

/**
 * Why a client cannot carry a header; undefined when it can. A native client carries everything. Without a `reach` the
 * page is on the host that it sends to.
 */
export function cannotCarry(client: Client, protocol: Protocol, name: string, reach?: PageReach): string | undefined {
  if (client === "native") return undefined;
  const lower = name.toLowerCase();
  if (lower === "cookie") return noCookie(reach);
  if (protocol === "websocket")
    return PAGE_ON_UPGRADE.has(lower) ? undefined : "a page cannot send this header on an upgrade (B1)";
  const forbidden = FORBIDDEN_TO_FETCH.has(lower) || lower.startsWith("sec-") || lower.startsWith("proxy-");
  return forbidden ? "a page cannot set this header with fetch (B9)" : undefined;
}

/** `SameSite` is `Lax` unless a cookie says otherwise, and a socket or a fetch to another site has none of those. */
function noCookie(reach: PageReach | undefined): string | undefined {
  if (reach === undefined || reach.page === reach.host) return undefined;
  const onSite = (host: string): boolean => host === reach.domain || host.endsWith(`.${reach.domain}`);
  return onSite(reach.page) && onSite(reach.host)
    ? undefined
    : `a page on ${reach.page} sends no cookie to ${reach.host}, which is another site (B11)`;
}

/**
 * Why `new WebSocket(url, offered)` throws in a page; undefined when it does not (RFC 6455 §4.1, fact B3). Never repeats
 * an entry: one of them may be the token.
 */
export function subprotocolProblem(offered: readonly string[]): string | undefined {
  if (offered.some((entry) => !isToken(entry)))
    return "a page cannot offer this list of subprotocols: an entry is no token (B3)";
  const isRepeated = new Set(offered).size < offered.length;
  return isRepeated ? "a page cannot offer this list of subprotocols: an entry stands twice (B3)" : undefined;
}
