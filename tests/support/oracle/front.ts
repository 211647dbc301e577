import { known, many, one, referred, resource, resources } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import { Stop, cannotTell, refuse } from "./types.ts";
import type { Ask, Line } from "./types.ts";

/** What the front hands on: lines in lower case, the path to match by, the path to forward, whether it is a handshake. */
export interface Front {
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

/** The proxy that listens for this request's scheme on this edge. */
export function proxyOf(terraform: Plain, edge: string | undefined, { request }: Ask): { type: string; proxy: Plain } {
  const port = request.scheme === "https" ? "443" : "80";
  for (const [, rule] of resources(terraform, "google_compute_global_forwarding_rule")) {
    if ((rule.labels?.["headgate-edge"] ?? undefined) !== edge) continue;
    if (!known(rule.port_range, "U10").split("-").includes(port)) continue;
    if (known(rule.load_balancing_scheme, "U10") !== "EXTERNAL_MANAGED") cannotTell("U9", "U10");
    for (const type of ["google_compute_target_https_proxy", "google_compute_target_http_proxy"]) {
      const proxy = resource(terraform, type, referred(rule.target, type));
      if (proxy !== undefined) return { type, proxy };
    }
    cannotTell("U10");
  }
  throw new Stop({ kind: "no-listener" });
}

/** M66: the client trusts a certificate that names the host, and nothing else. */
export function checkCertificate(terraform: Plain, proxy: Plain, host: string, { on }: Ask): void {
  if (!on("certificate")) return;
  const names: string[] = [];
  for (const reference of many(proxy, "ssl_certificates")) {
    const type = "google_compute_managed_ssl_certificate";
    const certificate = resource(terraform, type, referred(reference, type));
    if (certificate === undefined) cannotTell("M66");
    names.push(...many(one(certificate, "managed"), "domains").map((name) => known(name, "M66")));
  }
  if (proxy.certificate_map !== undefined) names.push(...namesOfMap(terraform, proxy.certificate_map, host));
  if (!names.some((name) => covers(name, host))) throw new Stop({ kind: "tls-error" });
}

function namesOfMap(terraform: Plain, reference: string, host: string): string[] {
  const map = referred(reference, "google_certificate_manager_certificate_map");
  if (map === undefined) return cannotTell("M66");
  const entries = resources(terraform, "google_certificate_manager_certificate_map_entry")
    .map(([, entry]) => entry)
    .filter((entry) => referred(entry.map, "google_certificate_manager_certificate_map") === map);
  const own =
    entries.find(({ hostname }) => hostname === host) ??
    entries.find(({ hostname }) => hostname?.startsWith("*.") && covers(hostname as string, host)) ??
    entries.find(({ matcher }) => matcher === "PRIMARY");
  if (own === undefined) return [];
  return many(own, "certificates").flatMap((each) => {
    const type = "google_certificate_manager_certificate";
    const certificate = resource(terraform, type, referred(each, type));
    if (certificate === undefined) return cannotTell("M66");
    return many(one(certificate, "managed"), "domains").map((name) => known(name, "M66"));
  });
}

function covers(name: string, host: string): boolean {
  if (!name.startsWith("*.")) return name.toLowerCase() === host;
  return host.split(".").slice(1).join(".") === name.slice(2).toLowerCase();
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BAD_VALUE = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Stage 1: rows A3 to A10. */
export function front(ask: Ask): Front {
  const { request, reads } = ask;
  let lines: Line[] = request.headers.map(([name, value]) => [name.toLowerCase(), value]);
  const refusals = refusalsOf(ask, lines);
  // Which of several faults is answered is not documented.
  if (refusals.length > 0)
    refuse(
      refusals.map(([row]) => row),
      ...refusals.flatMap(([, ...statuses]) => statuses),
    );
  lines = withOneHost(lines, ask);
  const isWebSocket = upgradeOf(ask, lines);
  // A9, Q1
  if (lines.some(([name]) => name.includes("_"))) {
    const what = reads("underscore-names", "passed");
    if (what === "dropped") lines = lines.filter(([name]) => !name.includes("_"));
  }
  lines = withoutNominated(lines, ask);
  // Q10
  if (reads("client-x-goog", "passed") === "stripped") lines = lines.filter(([name]) => !name.startsWith("x-goog-"));
  if (reads("repeated-headers", "separate") === "joined") lines = joined(lines);
  lines = withLength(lines, ask);
  const [path = "", ...rest] = request.target.split("?");
  const resolved = reads("dot-segments", "kept") === "resolved" ? withoutDots(path) : path;
  const folded = foldSlashes(resolved, ask);
  const before = reads("path-normalisation", "before-match") === "before-match";
  return {
    lines,
    host: hostOf(request.headers),
    writtenHost: request.headers.find(([name]) => name.toLowerCase() === "host")?.[1].trim() ?? "",
    matchPath: before ? folded : resolved,
    sendPath: folded,
    rawPath: path,
    query: rest.length === 0 ? "" : `?${rest.join("?")}`,
    isWebSocket,
  };
}

/** H18: any invalid one is a 502; of several valid ones nothing is said. */
function withOneHost(lines: Line[], { reads }: Ask): Line[] {
  const hosts = lines.filter(([name]) => name === "host");
  if (hosts.length < 2) return lines;
  if (hosts.some(([, host]) => !/^[\w.:[\]-]+$/.test(host)) || reads("several-hosts", "refused") === "refused")
    refuse(["H18"], 502);
  return [hosts[0]!, ...lines.filter(([name]) => name !== "host")];
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
  const value = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  return value.trim().toLowerCase();
}

type Refusal = readonly [row: string, ...statuses: number[]];

/** Rows A3 to A5 and A9: every reason to refuse the request at the front. */
function refusalsOf({ request, on, reads }: Ask, lines: readonly Line[]): Refusal[] {
  const found: Refusal[] = [];
  let size = request.target.length;
  for (const [name, value] of request.headers) size += name.length + value.length + 4;
  if (on("H27 size") && size > 60 * 1024) found.push(["H27", 431]);
  if (on("H14 names") && lines.some(([name, value]) => !TOKEN.test(name) || BAD_VALUE.test(value)))
    found.push(["H14", 502]);
  if (lines.filter(([name]) => name === "content-length").length > 1) found.push(["H17", 502]);
  if (request.target.includes("#")) found.push(["H23", 400]);
  if (on("H7 other upgrade") && members(lines, "upgrade").some((name) => name !== "websocket"))
    found.push(["H7", 400, 403]);
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

const USUAL_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/** H20: a custom method without a body. */
function withLength(lines: Line[], { request, on }: Ask): Line[] {
  if (!on("H20 custom method") || USUAL_METHODS.includes(request.method)) return lines;
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
