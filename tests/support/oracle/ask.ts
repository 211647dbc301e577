import { admit } from "./armor.ts";
import { checkCertificate, front, hostOf, proxyOf } from "./front.ts";
import type { Front } from "./front.ts";
import { applyBackend, applyProxy, applyUrlMap } from "./headers.ts";
import type { Flow } from "./headers.ts";
import { backendAt, route } from "./route.ts";
import type { Route } from "./route.ts";
import { enterRun, serviceBehind } from "./run.ts";
import { flag, known, one, referred, resource } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import { Stop, cannotTell, refuse } from "./types.ts";
import type { Ask, OracleAnswer, OracleOptions, OracleRequest } from "./types.ts";

/** What the facts say about one request to the edge that this parsed `cdk.tf.json` describes. */
export function askOracle(terraform: Plain, request: OracleRequest, options: OracleOptions = {}): OracleAnswer {
  const ask: Ask = {
    request,
    on: (rule) => options.off?.has(rule) !== true,
    reads: (question, usual) => options.reading?.[question] ?? usual,
  };
  try {
    return travel(terraform, options.edge, ask);
  } catch (stop) {
    if (stop instanceof Stop) return { outcome: stop.outcome, arrives: [] };
    throw stop;
  }
}

/** The stages of section 9, in order. */
function travel(terraform: Plain, edge: string | undefined, ask: Ask): OracleAnswer {
  const { type, proxy } = proxyOf(terraform, edge, ask);
  const host = hostOf(ask.request.headers).replace(/:\d*$/, "");
  if (type === "google_compute_target_https_proxy") checkCertificate(terraform, proxy, host, ask);
  const arrived = front(ask);
  const mapName = referred(proxy.url_map, "google_compute_url_map");
  const urlMap = resource(terraform, "google_compute_url_map", mapName) ?? cannotTell("A12");
  const chosen = route(urlMap, arrived, ask);
  const backend = backendAt(terraform, chosen.backendName);
  const flow = throughBackend(terraform, backend, chosen, { arrived, ask });
  const place = serviceBehind(terraform, backend);
  enterRun(terraform, place, flow, { isWebSocket: arrived.isWebSocket, ask });
  return {
    outcome: {
      kind: "backend",
      backend: `google_compute_backend_service.${chosen.backendName}`,
      service: `google_cloud_run_v2_service.${place.name}`,
    },
    arrives: flow.lines,
    target: `${arrived.sendPath}${arrived.query}`,
  };
}

interface Arrived {
  readonly arrived: Front;
  readonly ask: Ask;
}

/** Stages 4 to 8. */
function throughBackend(terraform: Plain, backend: Plain, { levels }: Route, { arrived, ask }: Arrived): Flow {
  const flow: Flow = { lines: [...arrived.lines], setByUrlMap: new Set(), custom: new Set() };
  const armorFirst = ask.reads("armor-headers", "before-url-map") === "before-url-map";
  if (armorFirst) passArmor(terraform, backend, flow, { arrived, ask });
  // P1 to P5: an identity-aware proxy takes and adds credentials.
  const iap = one(backend, "iap");
  if (iap !== undefined && flag(iap.enabled ?? true, "P1")) cannotTell("P1", "P2", "P3", "P4", "A17");
  checkCache(backend, arrived, ask);
  checkProtocol(backend, arrived, ask);
  applyUrlMap(levels, flow, ask);
  if (!armorFirst) passArmor(terraform, backend, flow, { arrived, ask });
  applyBackend(backend, flow, ask);
  applyProxy(flow, arrived.isWebSocket, ask);
  return flow;
}

function passArmor(terraform: Plain, backend: Plain, flow: Flow, { arrived, ask }: Arrived): void {
  if (backend.edge_security_policy !== undefined) cannotTell("P6b");
  if (backend.security_policy === undefined) return;
  const name = referred(backend.security_policy, "google_compute_security_policy");
  const policy = resource(terraform, "google_compute_security_policy", name) ?? cannotTell("P6");
  admit(policy, { paths: [arrived.rawPath, arrived.sendPath, decoded(arrived.rawPath)], lines: flow.lines }, ask);
}

/** P8, P9 */
function checkCache(backend: Plain, { isWebSocket }: Front, { request, reads }: Ask): void {
  if (!flag(backend.enable_cdn ?? false, "P8")) return;
  if (isWebSocket && reads("upgrade-with-cdn", "passed") === "refused") refuse(["P9", "Q12"], 400, 403, 502);
  const mode = known(one(backend, "cdn_policy")?.cache_mode ?? "CACHE_ALL_STATIC", "P8");
  // These two serve what they have where the service itself might have forbidden it, or said nothing.
  const cacheable = request.method === "GET" || request.method === "HEAD";
  if (mode !== "USE_ORIGIN_HEADERS" && cacheable && !isWebSocket) cannotTell("P8");
}

/** S6, W6, Q13 */
function checkProtocol(backend: Plain, { isWebSocket }: Front, { reads }: Ask): void {
  const protocol = known(backend.protocol ?? "HTTP", "W6");
  if (["HTTP", "HTTPS"].includes(protocol) || !isWebSocket) return;
  if (reads("backend-protocol", "ignored") === "upgrade-refused") refuse(["W6", "A44"], 502);
}

/** Q21 */
function decoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
