import { UNTOLD, flag, many, one, partly, text } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import { expand, hasVariable } from "./variables.ts";
import { USUAL_METHODS } from "./front.ts";
import type { Front } from "./front.ts";
import { UNKNOWN_VALUE, cannotTell } from "./types.ts";
import type { Ask, Balancer, Edge, Line } from "./types.ts";

/** Row A32, both spellings of `Trailer`. */
export const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "trailers",
  "transfer-encoding",
  "upgrade",
];

/** Names that the proxy writes itself (H1 to H4). */
const PROXY_NAMES = ["via", "x-forwarded-proto", "x-forwarded-for", "x-cloud-trace-context"];
/** H4c: what it writes beside a rewrite. */
const REWRITE_NAMES = ["x-client-request-url", "x-envoy-original-path"];

/** Section 9: their values are inputs of a custom header of the same name, which then has the last word. */
const INPUTS = ["x-forwarded-proto", "x-forwarded-for"];
const WRITTEN_BY_CUSTOM = [...INPUTS, ...REWRITE_NAMES, "host"];

/** The lines on their way, and who has already written what. */
export interface Flow {
  lines: Line[];
  /** Section 9, stage 6: names that an add of the URL map wrote. */
  readonly setByUrlMap: Set<string>;
  /** Names whose value the configuration decides in the proxy's place: "custom wins" (V9). */
  readonly custom: Set<string>;
  /** Names of which nobody can tell what arrives. */
  readonly open: Set<string>;
}

export function flowOf(lines: readonly Line[]): Flow {
  return { lines: [...lines], setByUrlMap: new Set(), custom: new Set(), open: new Set() };
}

/** Stage 6: rows A21 to A27. */
export function applyUrlMap(levels: readonly Plain[], flow: Flow, { balancer }: Edge, ask: Ask): void {
  const ordered = ask.on("U2 order") ? levels : [...levels].reverse();
  for (const level of ordered) {
    const action = one(level, "header_action");
    if (action === undefined) continue;
    // U9; a block without anything in it asks for nothing.
    if (balancer === "classic" && isWritten(action) && ask.on("U9 classic")) ask.refused("U9", "A27");
    const removeFirst = ask.on("U3 remove first")
      ? ask.reads("remove-and-add", "remove-first") === "remove-first"
      : ask.reads("remove-and-add", "remove-first") !== "remove-first";
    if (removeFirst) removeAll(action, flow, ask);
    for (const add of many(action, "request_headers_to_add")) addOne(add, flow, balancer, ask);
    if (!removeFirst) removeAll(action, flow, ask);
  }
}

const LISTS = [
  "request_headers_to_add",
  "request_headers_to_remove",
  "response_headers_to_add",
  "response_headers_to_remove",
];

function isWritten(action: Plain): boolean {
  return LISTS.some((name) => many(action, name).length > 0);
}

function removeAll(action: Plain, flow: Flow, ask: Ask): void {
  for (const written of many(action, "request_headers_to_remove")) {
    const found = text(written);
    if (found === UNKNOWN_VALUE) return cannotTell("U1");
    const name = found.toLowerCase();
    // U8, Q2
    if (isReserved(name) && ask.reads("reserved-removal", "removed") === "kept") continue;
    flow.lines = flow.lines.filter(([own]) => own !== name);
    if (![...PROXY_NAMES, ...REWRITE_NAMES].includes(name)) continue;
    if (ask.reads("removal-of-proxy-headers", "added-after") === "removed") flow.custom.add(name);
    else flow.custom.delete(name);
  }
}

function addOne(add: Plain, flow: Flow, balancer: Balancer, ask: Ask): void {
  const written = text(add.header_name);
  if (written === UNKNOWN_VALUE) return cannotTell("U4");
  const name = written.toLowerCase();
  if (isForbidden(name)) ask.refused("A26", "V6");
  const raw = partly(add.header_value);
  const value = expand(raw, ask);
  if (text(add.header_value) === "" && balancer === "regional") ask.refused("V6");
  // U8, Q26
  if (value === "" && ask.reads("empty-url-map-header", "skipped") === "skipped") return;
  flow.setByUrlMap.add(name);
  write(name, value, replaces(add, raw, ask), { flow, ask });
}

/** U4, U5: what the provider sends, and what the API makes of it. */
function replaces(add: Plain, raw: string, { on, reads }: Ask): boolean {
  if (!on("U4 replace")) return !flag(add.replace ?? false, "U4");
  if (flag(add.replace ?? false, "U4")) return true;
  // The default is false where a variable stands in the value, and the provider sends no false.
  if (hasVariable(raw)) return false;
  return reads("replace-false-literal", "replaced") === "replaced";
}

function write(name: string, value: string, replace: boolean, { flow, ask }: { flow: Flow; ask: Ask }): void {
  if (replace) flow.lines = flow.lines.filter(([own]) => own !== name);
  // Section 9: what the proxy adds is an input of a custom header of the same name.
  else if (INPUTS.includes(name) && !flow.custom.has(name)) addByProxy(name, flow, ask);
  flow.lines.push([name, value]);
  if (WRITTEN_BY_CUSTOM.includes(name)) flow.custom.add(name);
}

/** Stage 7: rows A28 to A31. */
export function applyBackend(backend: Plain, flow: Flow, { balancer }: Edge, ask: Ask): void {
  const headers = many(backend, "custom_request_headers");
  if (headers.length === 0) return;
  if (balancer === "regional") ask.refused("V7");
  const cached = flag(backend.enable_cdn ?? false, "V10");
  const applied = !cached || ask.reads("custom-headers-with-cdn", "applied") === "applied";
  const names: string[] = [];
  for (const header of headers) {
    const colon = String(header).indexOf(":");
    const written = text(String(header).slice(0, colon));
    if (colon === -1 || written === UNKNOWN_VALUE) return cannotTell("V1");
    const name = written.trim().toLowerCase();
    // Section 8: Host is no reason to refuse here.
    if (names.includes(name) || (isForbidden(name) && name !== "host")) ask.refused("A31", "V1");
    names.push(name);
    if (applied) applyCustom(name, String(header).slice(colon + 1), { flow, ask });
  }
}

function applyCustom(name: string, written: string, { flow, ask }: { flow: Flow; ask: Ask }): void {
  // V5
  if (ask.on("V5 url map wins") && flow.setByUrlMap.has(name)) return;
  const value = expand(partly(written).trim(), ask);
  if (value === "" && ask.reads("empty-backend-header", "sent-empty") === "removed") {
    flow.lines = flow.lines.filter(([own]) => own !== name);
    if (INPUTS.includes(name)) flow.custom.add(name);
    return;
  }
  // V4
  write(name, value, ask.on("V4 overwrite"), { flow, ask });
}

/** V1, V6 */
function isForbidden(name: string): boolean {
  return (
    HOP_BY_HOP.includes(name) ||
    ["x-user-ip", "cdn-loop", "host", "authority"].includes(name) ||
    name.startsWith(":") ||
    /^(x-google|x-goog-|x-gfe|x-amz-)/.test(name)
  );
}

/** Q2 */
function isReserved(name: string): boolean {
  return isForbidden(name) || name.startsWith("sec-websocket-");
}

/** Stage 8: rows A32 to A39. */
export function applyProxy(flow: Flow, { isWebSocket, balancer, like }: Front, ask: Ask): void {
  if (ask.on("H5 hop by hop")) flow.lines = flow.lines.filter(([name]) => !HOP_BY_HOP.includes(name));
  if (isWebSocket && ask.on("H6 upgrade pair")) flow.lines.push(["connection", "Upgrade"], ["upgrade", "websocket"]);
  // H19: classic keeps its connection to the backend open.
  if (!isWebSocket && balancer === "classic" && ask.on("H19 keep alive")) flow.lines.push(["connection", "Keep-Alive"]);
  // H20: how classic frames a custom method without a body.
  const isCustom =
    !USUAL_METHODS.includes(ask.request.method) && !flow.lines.some(([name]) => name === "content-length");
  if (isCustom && like === "classic") flow.lines.push(["transfer-encoding", "chunked"]);
  for (const name of PROXY_NAMES) {
    // H4: the table of the regional balancer has no trace context.
    if (name === "x-cloud-trace-context" && balancer === "regional") continue;
    if (!flow.custom.has(name)) addByProxy(name, flow, ask);
  }
}

function addByProxy(name: string, flow: Flow, { request, on }: Ask): void {
  const own = flow.lines.filter(([each]) => each === name).map(([, value]) => value);
  const others = flow.lines.filter(([each]) => each !== name);
  if (name === "via" && on("H1 via")) flow.lines.push([name, "1.1 google"]);
  if (name === "x-forwarded-proto" && on("H2 forwarded proto")) flow.lines = [...others, [name, request.scheme]];
  if (name === "x-forwarded-for" && on("H3 forwarded for")) {
    const supplied = own.filter((value) => value !== "");
    flow.lines = [...others, [name, [...supplied, request.clientAddress, request.edgeAddress].join(",")]];
  }
  if (name === "x-cloud-trace-context" && own.length === 0 && on("H4 trace context")) flow.lines.push([name, UNTOLD]);
}
