import { admit } from "./armor.ts";
import { balancerOf, checkCertificate, entranceOf } from "./entrance.ts";
import { front, hostOf } from "./front.ts";
import type { Front } from "./front.ts";
import { applyBackend, applyProxy, applyUrlMap, flowOf } from "./headers.ts";
import type { Flow } from "./headers.ts";
import { hasIap, passIap } from "./iap.ts";
import { QUERY_WAYS } from "./matches.ts";
import { applyRewrite, checkTemplate, targetOf } from "./rewrite.ts";
import { route } from "./route.ts";
import type { Route } from "./route.ts";
import { checkServerless, enterRun, serviceBehind } from "./run.ts";
import { UNTOLD, flag, known, many, one, referred, resource } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import { Stop, UNKNOWN_VALUE, cannotTell, refuse } from "./types.ts";
import type { ArrivingLine, Ask, OracleAnswer, OracleOptions, OracleRequest } from "./types.ts";

/** What the facts say about one request to the edge that this parsed `cdk.tf.json` describes. */
export function askOracle(terraform: Plain, request: OracleRequest, options: OracleOptions = {}): OracleAnswer {
  const ways = request.target.includes("?") ? QUERY_WAYS : QUERY_WAYS.slice(0, 1);
  const answers = ways.map((query) => {
    return askOnce(terraform, request, { ...options, reading: { ...options.reading, query } });
  });
  const [first] = answers as [OracleAnswer, ...OracleAnswer[]];
  const isSame = answers.every((answer) => saying(answer) === saying(first));
  return isSame ? first : { outcome: { kind: "unknown", rows: ["U13"] }, arrives: [] };
}

function saying(answer: OracleAnswer): string {
  return JSON.stringify(answer, (_, value: unknown) => (value === UNKNOWN_VALUE ? "\u0000" : value));
}

function askOnce(terraform: Plain, request: OracleRequest, options: OracleOptions): OracleAnswer {
  const doubts: string[] = [];
  const refused: string[] = [];
  const ask: Ask = {
    request,
    on: (rule) => options.off?.has(rule) !== true,
    reads: (question, usual) => options.reading?.[question] ?? usual,
    doubt: (...rows) => void doubts.push(...rows),
    refused: (...rows) => void refused.push(...rows),
  };
  const met: Met = { weights: undefined };
  try {
    const answer = travel(terraform, options.edge, { ask, met, refused });
    if (doubts.length === 0) return answer;
    return { ...answer, outcome: { kind: "unknown", rows: doubts } };
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    const weights = met.weights === undefined ? {} : { weights: met.weights };
    const outcome = doubts.length === 0 ? stop.outcome : ({ kind: "unknown", rows: doubts } as const);
    return { outcome, arrives: [], ...weights };
  }
}

/** What is known of a request that ends before it arrives. */
interface Met {
  weights: readonly number[] | undefined;
}

interface Journey {
  readonly ask: Ask;
  readonly met: Met;
  readonly refused: readonly string[];
}

/** The stages of section 9, in order. */
function travel(terraform: Plain, edge: string | undefined, { ask, met, refused }: Journey): OracleAnswer {
  const entrance = entranceOf(terraform, edge, ask);
  const host = hostOf(ask.request.headers).replace(/:\d*$/, "");
  if (entrance.isTls) checkCertificate(terraform, entrance.proxy, host, ask);
  const arrived = front({ balancer: entrance.balancer, like: entrance.like }, ask);
  const chosen = route(terraform, entrance.urlMap, arrived, ask);
  met.weights = chosen.weights;
  const flow = throughBackend(terraform, chosen, arrived, ask);
  if (balancerOf(chosen.backend, entrance.balancer === "regional", ask) !== entrance.balancer) ask.refused("M18");
  checkServerless(chosen.backend, chosen.action, ask);
  checkTemplate(chosen.action, chosen.matched, ask);
  // What Google refuses, no request ever meets.
  if (refused.length > 0) cannotTell(...refused);
  const place = serviceBehind(terraform, chosen.backend, arrived, ask);
  enterRun(terraform, place, flow, ask, { front: arrived, isBehindIap: hasIap(chosen.backend) });
  return {
    outcome: { kind: "backend", backend: chosen.address, service: `google_cloud_run_v2_service.${place.name}` },
    arrives: arriving(flow),
    target: targetOf(chosen.action, arrived, chosen.matched, ask),
    ...(chosen.weights !== undefined && { weights: chosen.weights }),
  };
}

/** What a policy may add leaves open what arrives under its name. */
function arriving({ lines, open }: Flow): ArrivingLine[] {
  const told = lines.filter(([name]) => !open.has(name));
  const all: ArrivingLine[] = told.map(([name, value]) => [name, value.includes(UNTOLD) ? UNKNOWN_VALUE : value]);
  return [...all, ...[...open].map((name) => [name, UNKNOWN_VALUE] as const)];
}

/** Stages 4 to 8. */
function throughBackend(terraform: Plain, { backend, levels, action }: Route, arrived: Front, ask: Ask): Flow {
  const flow = flowOf(arrived.lines);
  passPolicies(terraform, backend, flow, { arrived, levels, ask });
  // H11: IAP reads what the client sent, before the proxy drops it.
  if (hasIap(backend)) passIap(flow, arrived.lines, arrived.isWebSocket, ask);
  checkProtocol(backend, arrived, ask);
  applyUrlMap(levels, flow, arrived, ask);
  applyBackend(backend, flow, arrived, ask);
  applyProxy(flow, arrived, ask);
  applyRewrite(action, flow, arrived, ask);
  return flow;
}

interface Arrived {
  readonly arrived: Front;
  readonly levels: readonly Plain[];
  readonly ask: Ask;
}

/** P6b: the edge policy, then the cache, then the backend's own; what that sees of the headers is asked (Q17). */
function passPolicies(terraform: Plain, backend: Plain, flow: Flow, { arrived, levels, ask }: Arrived): void {
  const type = "google_compute_security_policy";
  const policy = (reference: unknown): Plain =>
    resource(terraform, type, referred(reference, type)) ?? cannotTell("P6");
  const paths = [arrived.rawPath, arrived.sendPath, decoded(arrived.rawPath)];
  if (backend.edge_security_policy !== undefined)
    admit(policy(backend.edge_security_policy), { paths, lines: flow.lines }, ask);
  if (mayBeCached(backend, arrived, ask)) ask.doubt("P8");
  if (backend.security_policy === undefined) return;
  const seen = flowOf(flow.lines);
  const isAfter = ask.reads("armor-headers", "before-url-map") !== "before-url-map";
  if (isAfter) applyUrlMap(levels, seen, arrived, ask);
  const { adds, open } = admit(policy(backend.security_policy), { paths, lines: seen.lines }, ask);
  for (const [name, value] of adds) flow.lines = [...flow.lines.filter(([own]) => own !== name), [name, value]];
  for (const name of open) flow.open.add(name);
}

/** P8: two of the modes serve what they have where the service itself might have forbidden it, or said nothing. */
function mayBeCached(backend: Plain, { isWebSocket, lines }: Front, { request }: Ask): boolean {
  if (!flag(backend.enable_cdn ?? false, "P8") || isWebSocket) return false;
  const policy = one(backend, "cdn_policy") ?? {};
  const bypass = many(policy, "bypass_cache_on_request_headers").map(({ header_name }) => known(header_name, "P8"));
  if (bypass.some((name) => lines.some(([own]) => own === name.toLowerCase()))) return false;
  const mode = known(policy.cache_mode ?? "CACHE_ALL_STATIC", "P8");
  return mode !== "USE_ORIGIN_HEADERS" && ["GET", "HEAD"].includes(request.method);
}

/** Upgrades: P9 and Q12 in front of a cache; S6, W6 and Q13 toward another protocol. */
function checkProtocol(backend: Plain, { isWebSocket }: Front, { reads }: Ask): void {
  const isCached = flag(backend.enable_cdn ?? false, "P8");
  if (isCached && isWebSocket && reads("upgrade-with-cdn", "passed") === "refused")
    refuse(["P9", "Q12"], 400, 403, 502);
  const protocol = known(backend.protocol ?? "HTTP", "W6");
  if (["HTTP", "HTTPS"].includes(protocol) || !isWebSocket) return;
  if (reads("backend-protocol", "ignored") === "upgrade-refused") refuse(["W6", "A44"], 502);
}

/** Q21 */
function decoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
