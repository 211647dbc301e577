import { sameName, listMembers, valuesOf } from "../../http/header-list.ts";
import { isHopByHop } from "../../http/hop-by-hop.ts";
import { isFieldValue, isToken } from "../../http/token.ts";
import type { Provenance, StagedAct } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Listener } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";

/** Request line and header lines together, on the global scheme (facts H15, H27). */
const MAX_HEAD_BYTES = 60 * 1024;

/** What the front refuses before any route is looked at; undefined when the request passes. */
export function refusal(request: EdgeRequest, by: Provenance, { assume }: Oracle): EdgeAnswer | undefined {
  const answer = (status: number, body: string, fact: string): EdgeAnswer => ({
    status,
    headers: [],
    body,
    by: { ...by, effect: `answers ${status}: ${body}`, fact, stage: "front" },
  });
  const { headers } = request;
  const size = request.target.length + headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  if (request.target.includes("#")) return answer(400, "a # in the request target", "H23");
  if (size > MAX_HEAD_BYTES) return answer(431, "URL and headers are larger than 60 KiB", "H27");
  if (headers.some(([name, value]) => !isToken(name) || !isFieldValue(value)))
    return answer(502, "an invalid header line", "H14");
  if (valuesOf(headers, "content-length").length > 1) return answer(502, "several Content-Length lines", "H17");
  if (valuesOf(headers, "host").length !== 1) return answer(502, "not exactly one Host line", "H18");
  if (headers.some(([name]) => name.includes("_")) && assume("underscore-names") === "refused")
    return answer(400, "an underscore in a header name", "H26");
  const upgrades = listMembers(valuesOf(headers, "upgrade"));
  if (upgrades.some((value) => !sameName(value, "websocket")))
    return answer(403, "an upgrade to something other than websocket", "H8");
  return undefined;
}

/** True for a WebSocket opening handshake: the one upgrade that crosses the proxy (facts H6, H7). */
export function isUpgrade(request: EdgeRequest): boolean {
  const names = (name: string, member: string): boolean =>
    listMembers(valuesOf(request.headers, name)).some((value) => sameName(value, member));
  return names("upgrade", "websocket") && names("connection", "upgrade");
}

/** Lower-cases names, joins repeated ones and drops what the client asked to drop (facts H5b, H12, H13, H26). */
export function normalise(flow: HeaderFlow, by: Provenance, { assume }: Oracle): void {
  const act = (effect: string, fact: string): StagedAct => ({ ...by, effect, fact, stage: "front" });
  const nominated = listMembers(flow.values("connection")).filter((name) => !isHopByHop(name) && flow.has(name));
  if (nominated.length > 0 && assume("nominated-headers") === "dropped") {
    for (const name of nominated)
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
  if (repeated.size > 0 && assume("repeated-headers") === "joined") {
    for (const name of repeated)
      flow.replace(name, flow.values(name).join(","), act("joins its lines into one", "H13"));
  }
  flow.lines = flow.lines.map(([name, value]) => [name.toLowerCase(), value]);
}

/** The path used for matching, and the target sent on (facts H21, H22; U12: the query takes no part). */
export function paths(target: string, { assume }: Oracle): { matched: string; forwarded: string } {
  const query = target.indexOf("?");
  const path = query === -1 ? target : target.slice(0, query);
  const folded = path.replaceAll("\\", "/").replace(/\/{2,}/g, "/");
  const forwarded = folded + (query === -1 ? "" : target.slice(query));
  return { matched: folded !== path && assume("path-normalisation") === "after-match" ? path : folded, forwarded };
}

/** Where the certificate that a listener picks for a host names it: the entry of that name, of its wildcard, any. */
export function placeInCertificate(
  { certificates }: Pick<Listener, "certificates">,
  host: string,
): Provenance | undefined {
  const bare = host.replace(/:\d+$/, "");
  const exact = certificates.filter(({ hostname }) => hostname === bare);
  const wildcard = certificates.filter(({ hostname }) => hostname?.startsWith("*.") === true && covers(hostname, bare));
  const primary = certificates.filter(({ hostname }) => hostname === undefined);
  const chosen = [exact, wildcard, primary].find((choices) => choices.length > 0) ?? [];
  const places = chosen.flatMap(({ names, places: all }) => all.filter((_, index) => covers(names[index]!, bare)));
  return places[0];
}

/** Certificate name against host: exact, or one label for a leading `*.` (RFC 6125 §6.4.3). */
function covers(name: string, host: string): boolean {
  return name === host || (name.startsWith("*.") && host.split(".").slice(1).join(".") === name.slice(2));
}
