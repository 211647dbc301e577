import type { Problem, Provenance, Unknown } from "../facts/provenance.ts";
import { asString, attribute, knownText, missing } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { BlockKind } from "./attributes.ts";
import { certificatesOf } from "./build-certificates.ts";
import type { Certificates } from "./build-certificates.ts";
import type { Backend, Listener, UrlMap, WrittenProduct } from "./edge-model.ts";
import { extensionsOn } from "./extensions.ts";
import type { Findings } from "./findings.ts";
import { portsOf } from "./listener-ports.ts";
import { addressIn, ofTypes, resolved } from "./lookup.ts";
import { productOf } from "./product.ts";
import { productsBehind } from "./products-behind.ts";

/** Label of a forwarding rule that says which edge of the stack it belongs to. */
const EDGE_LABEL = "headgate-edge";

const RULE_TYPES = ["google_compute_global_forwarding_rule", "google_compute_forwarding_rule"] as const;
const MAP_TYPES = ["google_compute_url_map", "google_compute_region_url_map"] as const;

const PROXY_KINDS = {
  google_compute_target_https_proxy: "httpsProxy",
  google_compute_target_http_proxy: "httpProxy",
  google_compute_region_target_https_proxy: "regionHttpsProxy",
  google_compute_region_target_http_proxy: "regionHttpProxy",
} as const satisfies Record<string, BlockKind>;

const PROXY_TYPES = Object.keys(PROXY_KINDS) as (keyof typeof PROXY_KINDS)[];

const NO_CERTIFICATES: Certificates = { certificates: [], certificateNames: [], unreadCertificates: [] };

/** What a listener is built from, besides its own lines. */
export interface ListenerContext {
  readonly graph: ResourceGraph;
  /** Builds each map once. */
  readonly urlMapAt: (resource: Resource) => UrlMap;
  readonly backends: ReadonlyMap<string, Backend>;
}

/**
 * Where clients come in: each forwarding rule of an HTTP(S) balancer. Where there is none, the way begins at the target
 * proxies, and where there are none of these, at the URL maps.
 */
export function buildListeners(context: ListenerContext): Listener[] {
  const { graph } = context;
  const rules = ofTypes(graph, ...RULE_TYPES).filter((rule) => leadsToProxy(graph, rule));
  if (rules.length > 0) return rules.flatMap((rule) => ruleListeners(rule, context));
  const proxies = ofTypes(graph, ...PROXY_TYPES);
  if (proxies.length > 0) return proxies.map((proxy) => impliedByProxy(proxy, context));
  return ofTypes(graph, ...MAP_TYPES).flatMap((map) => impliedByMap(map, context));
}

/** Rules of network balancers, of TCP proxies and of Private Service Connect lead past any URL map. */
function leadsToProxy(graph: ResourceGraph, { body }: Resource): boolean {
  const target = attribute(body, "target");
  if (target === undefined || knownText(target) === "") return attribute(body, "backend_service") === undefined;
  const text = knownText(target);
  if (text === "all-apis" || text === "vpc-sc" || text?.includes("/serviceAttachments/") === true) return false;
  const address = addressIn(target);
  const type = address === undefined ? undefined : (graph.resources.get(address)?.type ?? typeIn(address));
  return type === undefined || type in PROXY_KINDS || !type.startsWith("google_");
}

function typeIn(address: string): string | undefined {
  return /(?:^|\.)(google_\w+)\.[^.]+$/.exec(address)?.[1];
}

function ruleListeners(rule: Resource, context: ListenerContext): Listener[] {
  const { graph } = context;
  const { body } = rule;
  const found: Findings = { unknowns: [], problems: [] };
  const isGlobal = rule.type === RULE_TYPES[0];
  found.unknowns.push(
    ...unheardOf(body, isGlobal ? "forwardingRule" : "regionForwardingRule", { problems: found.problems }),
    ...extensionsOn(graph, rule),
  );
  const target = attribute(body, "target");
  const proxy = target === undefined ? missing(body, "target") : resolved(graph, target, PROXY_TYPES);
  const edge = edgeLabel(body, found.unknowns);
  const ports = portsOf(body, found.unknowns);
  const product = productOf(graph, body, isGlobal ? "global" : "region") ?? standardTier(body, proxy, found.problems);
  const address = attribute(body, "ip_address");
  return ports.map(({ first, last }) => ({
    edge,
    port: first,
    lastPort: last,
    ipAddress: address === undefined ? undefined : (addressIn(address) ?? knownText(address)),
    implied: false,
    product,
    ...behindProxy(proxy, first, context, found),
    ...found,
    by: body.by,
  }));
}

/** A regional rule without a scheme is EXTERNAL: in front of a global proxy the classic balancer, else refused. */
function standardTier({ by }: Value, proxy: Resource | Unknown, problems: Problem[]): WrittenProduct {
  if ("kind" in proxy || !proxy.type.startsWith("google_compute_region_")) return { value: "classic", by };
  problems.push({
    reason: "load_balancing_scheme is not written, and EXTERNAL is not a scheme of a regional proxy",
    found: "apply",
    fact: "M18",
    by,
  });
  return { value: "regional", by };
}

type Behind = Pick<Listener, "scheme" | "urlMap"> & Certificates;

/** Of a proxy that cannot be read the port tells the scheme. */
function behindProxy(proxy: Resource | Unknown, port: number, context: ListenerContext, found: Findings): Behind {
  if ("kind" in proxy)
    return { scheme: port === 80 ? "http" : "https", urlMap: proxy, ...NO_CERTIFICATES, unreadCertificates: [proxy] };
  const kind = PROXY_KINDS[proxy.type as keyof typeof PROXY_KINDS];
  const secure = kind === "httpsProxy" || kind === "regionHttpsProxy";
  found.unknowns.push(...unheardOf(proxy.body, kind, found));
  const certificates = secure ? certificatesOf(context.graph, proxy, found) : NO_CERTIFICATES;
  return { scheme: secure ? "https" : "http", urlMap: urlMapOf(context, proxy), ...certificates };
}

function urlMapOf({ graph, urlMapAt }: ListenerContext, proxy: Resource): UrlMap | Unknown {
  const reference = attribute(proxy.body, "url_map");
  if (reference === undefined) return missing(proxy.body, "url_map");
  const map = resolved(graph, reference, MAP_TYPES);
  return "kind" in map ? map : urlMapAt(map);
}

function impliedByProxy(proxy: Resource, context: ListenerContext): Listener {
  const found: Findings = { unknowns: [], problems: [] };
  const behind = behindProxy(proxy, 0, context, found);
  const map = "reason" in behind.urlMap ? undefined : context.graph.resources.get(behind.urlMap.address);
  return { ...impliedBase(proxy.body.by), product: impliedProduct(map ?? proxy, context), ...behind, ...found };
}

/** No proxy says by which scheme a map is met: by either. */
function impliedByMap(map: Resource, context: ListenerContext): Listener[] {
  const urlMap = context.urlMapAt(map);
  const schemes = isWayToHttps(urlMap) ? (["http"] as const) : (["https", "http"] as const);
  return schemes.map((scheme) => ({
    ...impliedBase(map.body.by),
    product: impliedProduct(map, context),
    scheme,
    urlMap,
    ...NO_CERTIFICATES,
    unknowns: [],
    problems: [],
  }));
}

/** A map that does nothing but redirect to HTTPS would never end where HTTPS meets it. */
function isWayToHttps({ hosts, fallback: { destination } }: UrlMap): boolean {
  return hosts.length === 0 && destination.kind === "redirect" && destination.https;
}

function impliedBase(by: Provenance) {
  return { edge: undefined, port: 0, lastPort: 0, ipAddress: undefined, implied: true, by } as const;
}

/** Without a forwarding rule the backends of the map say which balancer it is. */
function impliedProduct(map: Resource, { graph, backends }: ListenerContext): Listener["product"] {
  const [product] = productsBehind(map, backends);
  if (product !== undefined) return product;
  const isRegional = map.type.startsWith("google_compute_region_");
  return isRegional ? { value: "regional", by: map.body.by } : productOf(graph, map.body, "global")!;
}

/** A label that cannot be read may be that of any edge. */
function edgeLabel(rule: Value, unknowns: Unknown[]): string | undefined {
  const labels = attribute(rule, "labels");
  const written = labels === undefined ? undefined : labels.kind === "object" ? attribute(labels, EDGE_LABEL) : labels;
  const label = written === undefined ? undefined : asString(written);
  if (label?.kind === "unknown") unknowns.push(label);
  return label?.kind === "known" ? label.value : undefined;
}
