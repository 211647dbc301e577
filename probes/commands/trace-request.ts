import { hasHeader, listMembers, sameName, valuesOf } from "../../http/header-list.ts";
import type { HeaderLine } from "../../http/header-list.ts";
import { isToken } from "../../http/token.ts";
import type { StagedAct } from "../facts/provenance.ts";
import type { EdgeRequest, TracedHeader } from "../facts/trace.ts";
import { cannotCarry, subprotocolProblem } from "../plan/client-abilities.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import type { CLIENTS } from "./choices.ts";
import { UsageError } from "./context.ts";

export type ClientName = (typeof CLIENTS)[number];

/** A request as a user describes it. */
export interface Wish {
  readonly url: string;
  readonly method?: string;
  readonly websocket?: boolean;
  readonly client?: ClientName;
  readonly headers: readonly HeaderLine[];
  readonly clientAddress?: string;
}

/** The request that the wish comes to, and what its client cannot send. */
export interface Wished {
  readonly url: string;
  /** Without a port. */
  readonly host: string;
  readonly port: number;
  readonly websocket: boolean;
  readonly request: EdgeRequest;
  /** Headers that were asked for and that such a client cannot send. */
  readonly withheld: readonly TracedHeader[];
}

/** RFC 6455 §1.3 has this key: a real client draws 16 bytes. */
const HANDSHAKE: readonly HeaderLine[] = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
  ["Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"],
];

const SCHEMES: Readonly<Record<string, { readonly scheme: "http" | "https"; readonly socket: boolean }>> = {
  "http:": { scheme: "http", socket: false },
  "https:": { scheme: "https", socket: false },
  "ws:": { scheme: "http", socket: true },
  "wss:": { scheme: "https", socket: true },
};

/**
 * The request that a user describes, as its client puts it on the wire.
 * @throws UsageError for what no client sends; the words never repeat a value.
 */
export function wished(wish: Wish): Wished {
  const { url, scheme, socket } = urlOf(wish.url);
  const websocket = wish.websocket === true || socket;
  const client = wish.client ?? "native";
  const method = wish.method ?? "GET";
  if (!isToken(method)) throw new UsageError(`${method} is no method of HTTP`);
  const protocol = websocket ? "websocket" : "http";
  const refused = wish.headers.flatMap(([name]) => {
    // A page does not write its Origin; who names one says where the page stands.
    if (sameName(name, "origin")) return [];
    const why = cannotCarry(client, protocol, name) ?? badOffer(client, protocol, name, wish.headers);
    return why === undefined ? [] : [{ name: name.toLowerCase(), why }];
  });
  const given = wish.headers.filter(([name]) => !refused.some((each) => sameName(each.name, name)));
  const page: HeaderLine[] = client === "browser" && websocket ? [["Origin", `${scheme}://${url.host}`]] : [];
  const usual: HeaderLine[] = [["Host", url.host], ...page, ...(websocket ? HANDSHAKE : [])];
  const kept = usual.filter(([name]) => !hasHeader(given, name));
  return {
    url: url.href,
    host: url.hostname,
    port: url.port === "" ? (scheme === "https" ? 443 : 80) : Number(url.port),
    websocket,
    request: {
      scheme,
      method,
      target: `${asTyped(wish.url, url)}${url.search}`,
      headers: [...kept, ...given].sort(hostFirst),
      clientAddress: wish.clientAddress ?? PLACEHOLDER,
      edgeAddress: PLACEHOLDER,
      traceId: PLACEHOLDER,
    },
    withheld: refused.map(({ name, why }) => withheld(name, why)),
  };
}

/** A header line as a user writes it, `Name: value`; its bytes as latin1. @throws UsageError that repeats no value */
export function lineOf(text: string): HeaderLine {
  const colon = text.indexOf(":");
  if (colon <= 0) throw new UsageError("--header is not a header line; write --header 'Name: value'");
  return headerLine(text.slice(0, colon), text.slice(colon + 1));
}

/** @throws UsageError for a line end or a NUL */
export function headerLine(name: string, value: string): HeaderLine {
  const bytes = Buffer.from(value.replace(/^[ \t]+|[ \t]+$/g, ""), "utf8").toString("latin1");
  if (/[\r\n\0]/.test(name + bytes))
    throw new UsageError(`header ${JSON.stringify(name)} holds a line end or a NUL: that is no one line`);
  return [name, bytes];
}

function urlOf(text: string): { url: URL; scheme: "http" | "https"; socket: boolean } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url === undefined ? undefined : SCHEMES[url.protocol];
  // Words that are not understood may hold a credential, so they are not repeated.
  if (url === undefined || kind === undefined || url.hostname === "")
    throw new UsageError("the URL is not one of an edge; write https://HOST/PATH, http://…, wss://… or ws://…");
  if (url.username !== "" || url.password !== "")
    throw new UsageError("the URL holds a name or a password, which no client sends so; send an Authorization header");
  return { url, ...kind };
}

/** A client folds `..` away, and keeps what the parser would not: two slashes, blanks encoded by hand, a backslash. */
function asTyped(text: string, { pathname, host }: URL): string {
  const [, path = ""] = new RegExp(`^[a-z]+://${host.replace(/[.[\]]/g, "\\$&")}([^?#]*)`, "i").exec(text) ?? [];
  return path.includes("\\") ? path : pathname;
}

function hostFirst([a]: HeaderLine, [b]: HeaderLine): number {
  return Number(sameName(b, "host")) - Number(sameName(a, "host"));
}

/** `new WebSocket` throws for a list that is no list of tokens, so nothing is sent at all. */
function badOffer(
  client: ClientName,
  protocol: "http" | "websocket",
  name: string,
  headers: readonly HeaderLine[],
): string | undefined {
  if (client === "native" || protocol === "http" || !sameName(name, "sec-websocket-protocol")) return undefined;
  return subprotocolProblem(listMembers(valuesOf(headers, name)));
}

function withheld(name: string, why: string): TracedHeader {
  const fact = /\((B\d+)\)$/.exec(why)?.[1];
  const act: StagedAct = {
    address: "client",
    attribute: "",
    file: "client",
    line: 1,
    column: 1,
    effect: why.replace(/ \(B\d+\)$/, ""),
    ...(fact !== undefined && { fact }),
    stage: "client",
  };
  return { name, state: "absent", sent: [], arrives: [], by: [act] };
}
