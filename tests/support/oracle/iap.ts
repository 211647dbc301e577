import { UNTOLD, flag, one } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Flow } from "./headers.ts";
import { refuse } from "./types.ts";
import type { Ask, Line } from "./types.ts";

const IDENTITY = ["x-goog-iap-jwt-assertion", "x-goog-authenticated-user-email", "x-goog-authenticated-user-id"];

export function hasIap(backend: Plain): boolean {
  const iap = one(backend, "iap");
  return iap !== undefined && flag(iap.enabled ?? true, "P1");
}

/**
 * Stage 5, rows A17 to A20, and P5b. `shown`: the lines that its credential stands in. Whether a credential is good,
 * nothing here tells: what comes after it holds if it is.
 */
export function passIap(flow: Flow, shown: readonly Line[], isWebSocket: boolean, ask: Ask): void {
  const has = (lines: readonly Line[], wanted: string): boolean =>
    lines.some(([name]) => name.toLowerCase() === wanted);
  const isProxied = has(shown, "proxy-authorization") && ask.on("P3 proxy authorization");
  if (!isProxied && !has(flow.lines, "authorization")) return withoutSession(isWebSocket, ask);
  ask.doubt("P1");
  if (!isProxied && ask.on("P2 consumed")) flow.lines = flow.lines.filter(([name]) => name !== "authorization");
  if (!ask.on("P4 identity")) return;
  flow.lines = flow.lines.filter(([name]) => !/^x-goog-(iap|authenticated-user)-/.test(name));
  for (const name of IDENTITY) flow.lines.push([name, UNTOLD]);
  flow.lines = flow.lines.filter(([name]) => name !== "x-serverless-authorization");
  flow.lines.push(["x-serverless-authorization", UNTOLD]);
}

/** P5: what becomes of a handshake is open. */
function withoutSession(isWebSocket: boolean, { request, reads }: Ask): never {
  if (isWebSocket) return refuse(["P5", "A20"], Number(reads("iap-handshake-status", "302")));
  const isScript = request.headers.some(
    ([name, value]) => name.toLowerCase() === "x-requested-with" && /^xmlhttprequest$/i.test(value),
  );
  return refuse(["P5", "A20"], isScript ? 401 : 302);
}
