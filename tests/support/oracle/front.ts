import { cannotTell, refuse } from "./types.ts";
import type { Ask, Edge, Line } from "./types.ts";

/** What the front hands on: lines in lower case, the path to match by, the path to forward, whether it is a handshake. */
export interface Front extends Edge {
  readonly lines: Line[];
  readonly host: string;
  /** As it was sent. */
  readonly writtenHost: string;
  readonly matchPath: string;
  readonly sendPath: string;
  /** As it was sent. */
  readonly rawPath: string;
  readonly query: string;
  readonly isWebSocket: boolean;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BAD_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Stage 1: rows A3 to A10. */
export function front(edge: Edge, ask: Ask): Front {
  const { request, reads } = ask;
  let lines: Line[] = request.headers.map(([name, value]) => [name.toLowerCase(), value]);
  const refusals = refusalsOf(edge, ask, lines);
  // Which of several faults is answered is not documented.
  if (refusals.length > 0)
    refuse(
      refusals.map(([row]) => row),
      ...refusals.flatMap(([, ...statuses]) => statuses),
    );
  lines = withOneHost(lines, edge, ask);
  const isWebSocket = upgradeOf(ask, lines);
  // A9, Q1
  if (lines.some(([name]) => name.includes("_")) && reads("underscore-names", "passed") === "dropped")
    lines = lines.filter(([name]) => !name.includes("_"));
  lines = withoutNominated(lines, ask);
  // Q10
  if (reads("client-x-goog", "passed") === "stripped") lines = lines.filter(([name]) => !name.startsWith("x-goog-"));
  // H13: classic keeps lines apart.
  if (edge.balancer !== "classic" && reads("repeated-headers", "separate") === "joined") lines = joined(lines);
  lines = withLength(lines, edge, ask);
  return {
    ...edge,
    lines,
    host: hostOf(request.headers),
    writtenHost: writtenHostOf(request.headers),
    ...pathsOf(edge, ask),
    isWebSocket,
  };
}

/** H21, H22, Q21 */
function pathsOf({ like }: Edge, ask: Ask): Pick<Front, "matchPath" | "sendPath" | "rawPath" | "query"> {
  const { request, reads } = ask;
  const [path = "", ...rest] = request.target.split("?");
  const resolved = reads("dot-segments", "kept") === "resolved" ? withoutDots(path) : path;
  const folded = like === "classic" ? resolved : foldSlashes(resolved, ask);
  const before = reads("path-normalisation", "before-match") === "before-match";
  return {
    matchPath: before ? folded : resolved,
    sendPath: folded,
    rawPath: path,
    query: rest.length === 0 ? "" : `?${rest.join("?")}`,
  };
}

const VALID_HOST = /^[\w.:[\]-]+$/;

/** H18: global answers any invalid one with a 502, and of several valid ones nothing is said; classic takes the first valid. */
function withOneHost(lines: Line[], { like }: Edge, { reads }: Ask): Line[] {
  const hosts = lines.filter(([name]) => name === "host");
  if (hosts.length < 2) return lines;
  const others = lines.filter(([name]) => name !== "host");
  const valid = hosts.find(([, host]) => VALID_HOST.test(host));
  if (like === "classic") return valid === undefined ? refuse(["H18"], 400, 502) : [valid, ...others];
  if (hosts.some(([, host]) => !VALID_HOST.test(host)) || reads("several-hosts", "refused") === "refused")
    refuse(["H18"], 502);
  return [hosts[0]!, ...others];
}

/** Q21: `..` takes a segment away, `.` nothing. */
function withoutDots(path: string): string {
  if (!path.split("/").some((segment) => segment === "." || segment === "..")) return path;
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  segments.forEach((segment, at) => {
    if (segment === "..") kept.pop();
    if (segment !== ".." && segment !== ".") kept.push(segment);
    else if (at === segments.length - 1) kept.push("");
  });
  return `/${kept.join("/")}`;
}

export function hostOf(headers: readonly Line[]): string {
  return writtenHostOf(headers).toLowerCase();
}

/** H18: the first valid one. */
function writtenHostOf(headers: readonly Line[]): string {
  const hosts = headers.filter(([name]) => name.toLowerCase() === "host").map(([, value]) => value.trim());
  return hosts.find((host) => VALID_HOST.test(host)) ?? hosts[0] ?? "";
}

type Refusal = readonly [row: string, ...statuses: number[]];

/** Rows A3 to A5 and A9: every reason to refuse the request at the front. */
function refusalsOf({ like }: Edge, { request, on, reads }: Ask, lines: readonly Line[]): Refusal[] {
  const found: Refusal[] = [];
  const isGlobal = like === "global";
  let size = request.target.length;
  for (const [name, value] of request.headers) size += name.length + value.length + 4;
  if (on("H27 size") && size > (isGlobal ? 60 : 64) * 1024) found.push(["H27", isGlobal ? 431 : 413]);
  const isBad = lines.some(([name, value]) => !TOKEN.test(name) || BAD_VALUE.test(value));
  if (isGlobal && on("H14 names") && isBad) found.push(["H14", 502]);
  if (isGlobal && lines.filter(([name]) => name === "content-length").length > 1) found.push(["H17", 502]);
  if (isGlobal && request.target.includes("#")) found.push(["H23", 400]);
  if (on("H7 other upgrade") && members(lines, "upgrade").some((name) => name !== "websocket"))
    found.push(isGlobal ? ["H7", 400, 403] : ["H7", 400]);
  if (lines.some(([name]) => name.includes("_")) && reads("underscore-names", "passed") === "refused")
    found.push(["A9", 400]);
  return found;
}

/** H6: `websocket` passes and is made anew. */
function upgradeOf({ request }: Ask, lines: readonly Line[]): boolean {
  if (!members(lines, "upgrade").includes("websocket")) return false;
  const isHandshake = members(lines, "connection").includes("upgrade") && request.method === "GET";
  // H7 blocks an upgrade that is not used for a WebSocket, A5 one to something else: they differ on this one.
  return isHandshake || cannotTell("H7", "A5", "Q23");
}

/** H5b, Q3 */
function withoutNominated(lines: Line[], { on, reads }: Ask): Line[] {
  if (!on("H5b nominated") || reads("nominated-headers", "dropped") === "kept") return lines;
  const nominated = members(lines, "connection");
  // H28 keeps it whatever happens, and A10 drops whatever is named.
  if (nominated.includes("host")) cannotTell("H5b", "H28");
  return lines.filter(([name]) => !nominated.includes(name) || name === "upgrade");
}

/** H13 */
function joined(lines: readonly Line[]): Line[] {
  const result: Line[] = [];
  for (const [name] of lines) {
    if (result.some(([own]) => own === name)) continue;
    const values = lines.filter(([own]) => own === name).map(([, value]) => value);
    result.push([name, values.join(",")]);
  }
  return result;
}

export const USUAL_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/** H20: a custom method without a body; what classic writes instead is the proxy's own. */
function withLength(lines: Line[], { like }: Edge, { request, on }: Ask): Line[] {
  if (!on("H20 custom method") || like === "classic" || USUAL_METHODS.includes(request.method)) return lines;
  const hasBody = lines.some(([name]) => ["content-length", "transfer-encoding"].includes(name));
  return hasBody ? lines : [...lines, ["content-length", "0"]];
}

/** H21, H22 */
function foldSlashes(path: string, { on }: Ask): string {
  return on("H22 slashes") ? path.replaceAll("\\", "/").replace(/\/+/g, "/") : path;
}

/** Members of a list header, in lower case. */
export function members(lines: readonly Line[], wanted: string): string[] {
  const found: string[] = [];
  for (const [name, value] of lines) {
    if (name !== wanted) continue;
    for (const part of value.split(",")) if (part.trim() !== "") found.push(part.trim().toLowerCase());
  }
  return found;
}
