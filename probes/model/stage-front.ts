import { listMembers, sameName, valuesOf } from "../../http/header-list.ts";
import { isHopByHop } from "../../http/hop-by-hop.ts";
import { isFieldValue, isToken } from "../../http/token.ts";
import type { Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Listener, Product } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import { isLikeGlobal } from "./product.ts";

/** Request line and header lines together, in KiB (facts H15, H27); of a regional balancer no page says it. */
const MAX_HEAD_KIB: Readonly<Record<Product, number>> = { global: 60, classic: 64, regional: 60, internal: 60 };

/** What the front of a balancer is asked with. */
export interface FrontContext {
  readonly product: Product;
  readonly by: Provenance;
  readonly asked: Oracle;
}

/** What the front refuses before any route is looked at; undefined when the request passes. */
export function refusal(request: EdgeRequest, context: FrontContext): EdgeAnswer | undefined {
  const { asked, by } = context;
  const { headers, target } = request;
  const answer = (status: number, body: string, fact: string): EdgeAnswer => ({
    status,
    headers: [],
    body,
    by: { ...by, effect: `answers ${status}: ${body}`, fact, stage: "front" },
  });
  const likeGlobal = (): boolean => isLikeGlobal(context.product, asked);
  if (target.includes("#") && likeGlobal()) return answer(400, "a # in the request target", "H23");
  const limit = sizeLimit(request, context);
  if (limit !== undefined)
    return answer(likeGlobal() ? 431 : 413, `URL and headers are larger than ${limit} KiB`, "H27");
  if (headers.some(([name, value]) => !isToken(name) || !isFieldValue(value)) && likeGlobal())
    return answer(502, "an invalid header line", "H14");
  if (valuesOf(headers, "content-length").length > 1 && likeGlobal())
    return answer(502, "several Content-Length lines", "H17");
  if (refusesHosts(valuesOf(headers, "host"), context)) return answer(502, "not exactly one Host line", "H18");
  if (headers.some(([name]) => name.includes("_")) && asked.assume("underscore-names") === "refused")
    return answer(400, "an underscore in a header name", "H26");
  const upgrades = listMembers(valuesOf(headers, "upgrade"));
  if (upgrades.some((value) => !sameName(value, "websocket")))
    return answer(likeGlobal() ? 403 : 400, "an upgrade to something other than websocket", "H8");
  return undefined;
}

/** The limit that the request is over, in KiB. */
function sizeLimit({ target, headers }: EdgeRequest, { product, asked }: FrontContext): number | undefined {
  const size = target.length + headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  const limit = MAX_HEAD_KIB[product];
  if (size <= limit * 1024) return undefined;
  const isOpen = product === "regional" && size <= MAX_HEAD_KIB.classic * 1024;
  return isOpen && !isLikeGlobal(product, asked) ? undefined : limit;
}

const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d*)?$/i;

/** H18: classic takes the first valid one; global refuses several of which any is invalid. */
function refusesHosts(hosts: readonly string[], { product, asked }: FrontContext): boolean {
  if (hosts.length === 1) return false;
  if (hosts.length === 0) return true;
  if (!isLikeGlobal(product, asked)) return !hosts.some((host) => HOST.test(host));
  return hosts.some((host) => !HOST.test(host)) || asked.assume("several-hosts") === "refused";
}

/** The host that a request is for: the first valid line of several (fact H18). */
export function hostOf({ headers }: EdgeRequest): string {
  const hosts = valuesOf(headers, "host");
  return hosts.find((host) => HOST.test(host)) ?? hosts[0] ?? "";
}

/** True for a WebSocket opening handshake: the one upgrade that crosses the proxy (facts H6, H7). */
export function isUpgrade(request: EdgeRequest): boolean {
  return names(request, "upgrade", "websocket") && names(request, "connection", "upgrade");
}

function names({ headers }: EdgeRequest, name: string, member: string): boolean {
  return listMembers(valuesOf(headers, name)).some((value) => sameName(value, member));
}

/** H7 blocks an upgrade that is not used for a WebSocket, A5 one to something else: they differ on this one (Q23). */
export function oddUpgrade(request: EdgeRequest, by: Provenance): Unknown[] {
  if (!names(request, "upgrade", "websocket")) return [];
  if (names(request, "connection", "upgrade") && request.method === "GET") return [];
  const reason =
    "the request asks for a WebSocket and is no handshake; what becomes of it is not documented (H7, A5, Q23)";
  return [{ kind: "unknown", reason, by }];
}

/** A10 drops what `Connection` names, H28 keeps the host end to end: of the host both cannot hold. */
export function nominatedHost(request: EdgeRequest, { by, asked }: FrontContext): Unknown[] {
  if (!names(request, "connection", "host") || asked.assume("nominated-headers") === "kept") return [];
  const reason = "the client's Connection header names host; whether the host is dropped is not documented (H5b, H28)";
  return [{ kind: "unknown", reason, affects: "refusal", by }];
}

/** Lower-cases names, joins repeated ones and drops what the client asked to drop (facts H5b, H12, H13, H20, H26). */
export function normalise(flow: HeaderFlow, request: EdgeRequest, { product, by, asked }: FrontContext): void {
  const { assume } = asked;
  const act = (effect: string, fact: string): StagedAct => ({ ...by, effect, fact, stage: "front" });
  const host = hostOf(request);
  if (flow.values("host").length > 1) flow.replace("host", host, act("takes the first valid one", "H18"));
  const nominated = listMembers(flow.values("connection")).filter((name) => !isHopByHop(name) && flow.has(name));
  if (nominated.length > 0 && assume("nominated-headers") === "dropped") {
    // H28: the host is kept end to end, whatever Connection says.
    for (const name of nominated.filter((each) => !sameName(each, "host")))
      flow.remove(name, act("drops it because the client's Connection header names it", "H5b"));
  }
  if (flow.lines.some(([name]) => name.includes("_")) && assume("underscore-names") === "dropped") {
    for (const [name] of flow.lines.filter(([own]) => own.includes("_")))
      flow.remove(name, act("drops a name with an underscore", "H26"));
  }
  if (flow.lines.some(([name]) => name.toLowerCase().startsWith("x-goog-")) && assume("client-x-goog") === "stripped") {
    for (const [name] of flow.lines.filter(([own]) => own.toLowerCase().startsWith("x-goog-")))
      flow.remove(name, act("strips a client's X-Goog- header", "P4"));
  }
  const repeated = new Set(
    flow.lines.map(([name]) => name.toLowerCase()).filter((name, index, all) => all.indexOf(name) < index),
  );
  // H13: the classic balancer keeps lines apart.
  if (repeated.size > 0 && product !== "classic" && assume("repeated-headers") === "joined") {
    for (const name of repeated)
      flow.replace(name, flow.values(name).join(","), act("joins its lines into one", "H13"));
  }
  frameCustomMethod(flow, request, { product, by, asked });
  // H12; which case the classic balancer keeps is never of account: names compare without it.
  if (product !== "classic") flow.lines = flow.lines.map(([name, value]) => [name.toLowerCase(), value]);
}

const USUAL_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"]);

/** H20: a custom method without a body is framed as one with an empty body. */
function frameCustomMethod(flow: HeaderFlow, { method }: EdgeRequest, { product, by, asked }: FrontContext): void {
  if (USUAL_METHODS.has(method) || flow.has("content-length") || flow.has("transfer-encoding")) return;
  const act: StagedAct = { ...by, effect: "frames a custom method without a body", fact: "H20", stage: "front" };
  if (isLikeGlobal(product, asked)) flow.append("content-length", "0", act);
  else flow.append("transfer-encoding", "chunked", act);
}

/** The path used for matching, and the target sent on (facts H21, H22; U12: the query takes no part). */
export function paths(
  target: string,
  { product, asked }: Pick<FrontContext, "product" | "asked">,
): { matched: string; forwarded: string } {
  const query = target.indexOf("?");
  const written = query === -1 ? target : target.slice(0, query);
  const path = hasDotSegments(written) && asked.assume("dot-segments") === "resolved" ? withoutDots(written) : written;
  const folded = path.replaceAll("\\", "/").replace(/\/{2,}/g, "/");
  const rest = query === -1 ? "" : target.slice(query);
  if (folded === path || !isLikeGlobal(product, asked)) return { matched: path, forwarded: path + rest };
  const matched = asked.assume("path-normalisation") === "after-match" ? path : folded;
  return { matched, forwarded: folded + rest };
}

function hasDotSegments(path: string): boolean {
  return path.split(/[/\\]/).some((segment) => segment === "." || segment === "..");
}

/** RFC 3986 §5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "..") {
      if (kept.length > 1) kept.pop();
    } else if (segment !== ".") kept.push(segment);
  }
  const isOpen = [".", ".."].includes(segments.at(-1)!);
  return kept.join("/") + (isOpen && kept.at(-1) !== "" ? "/" : "") || "/";
}

/** Where the certificate that a listener picks for a host names it: the entry of that name, of its wildcard, any. */
export function placeInCertificate(
  { certificates }: Pick<Listener, "certificates">,
  host: string,
): Provenance | undefined {
  const bare = host.replace(/:\d*$/, "");
  const exact = certificates.filter(({ hostname }) => hostname === bare);
  const wildcard = certificates.filter(({ hostname }) => hostname?.startsWith("*.") === true && covers(hostname, bare));
  const primary = certificates.filter(({ hostname }) => hostname === undefined);
  const chosen = [exact, wildcard, primary].find((choices) => choices.length > 0) ?? [];
  const places = chosen.flatMap(({ names: own, places: all }) => all.filter((_, index) => covers(own[index]!, bare)));
  return places[0];
}

/** Certificate name against host: exact, or one label for a leading `*.` (RFC 6125 §6.4.3). */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith("*.") && host.split(".").slice(1).join(".") === name.slice(2));
}
