import type { Unknown } from "../facts/provenance.ts";
import {
  asString,
  asStrings,
  attribute,
  missing,
  referenced,
  resourcesOfType,
  singleBlock,
} from "../terraform/graph.ts";
import type { Known, Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { buildBackend, buildRunService } from "./build-backend.ts";
import { buildUrlMap } from "./build-url-map.ts";
import type { EdgeModel, Listener, UrlMap } from "./edge-model.ts";

/** Resource types that may change or serve any request, and that the model does not know (facts P7, P10). */
const OPAQUE_TYPES =
  /^google_(network_services_(lb_|authz_|wasm_)\w+|network_security_authz_\w+|api_gateway_\w+|network_services_edge_cache_\w+|compute_region_url_map)$/;

/** Resource graph → edge: listeners, URL maps, backends and services, every part with its place. Pure. */
export function buildEdgeModel(graph: ResourceGraph): EdgeModel {
  const services = resourcesOfType(graph, "google_cloud_run_v2_service").map((resource) =>
    buildRunService(graph, resource),
  );
  const backends = resourcesOfType(graph, "google_compute_backend_service").map((resource) =>
    buildBackend(graph, resource, services),
  );
  const listeners = resourcesOfType(graph, "google_compute_global_forwarding_rule").map((resource) =>
    buildListener(graph, resource),
  );
  const opaque = [...graph.resources.values()].filter(({ type }) => OPAQUE_TYPES.test(type));
  return {
    name: graph.name,
    digest: graph.digest,
    listeners,
    backends: new Map(backends.map((backend) => [backend.address, backend])),
    services,
    unknowns: [...graph.unknowns, ...opaque.map(opaqueUnknown)],
  };
}

function opaqueUnknown({ body, type }: Resource): Unknown {
  return { kind: "unknown", reason: `a ${type} may change any header`, by: body.by };
}

function buildListener(graph: ResourceGraph, rule: Resource): Listener {
  const unknowns = unheardOf(rule.body, "forwardingRule");
  const scheme = text(rule.body, "load_balancing_scheme");
  if (scheme.kind === "unknown" || scheme.value !== "EXTERNAL_MANAGED") {
    unknowns.push(
      scheme.kind === "unknown"
        ? scheme
        : {
            kind: "unknown",
            reason: `load_balancing_scheme is ${scheme.value}; only EXTERNAL_MANAGED is modelled`,
            by: scheme.by,
          },
    );
  }
  const ports = text(rule.body, "port_range");
  if (ports.kind === "unknown") unknowns.push(ports);
  const target = attribute(rule.body, "target");
  const proxy = target === undefined ? missing(rule.body, "target") : proxyOf(graph, target);
  const secure = !("kind" in proxy) && proxy.type === "google_compute_target_https_proxy";
  if (!("kind" in proxy)) unknowns.push(...unheardOf(proxy.body, secure ? "httpsProxy" : "httpProxy"));
  const unreadCertificates: Unknown[] = [];
  return {
    scheme: secure ? "https" : "http",
    port: ports.kind === "known" ? Number.parseInt(ports.value, 10) : 0,
    urlMap: "kind" in proxy ? proxy : urlMapOf(graph, proxy),
    certificateNames: secure ? certificateNames(graph, proxy, unreadCertificates) : [],
    unreadCertificates,
    unknowns,
    by: rule.body.by,
  };
}

function proxyOf(graph: ResourceGraph, target: Value): Resource | Unknown {
  const https = referenced(graph, target, "google_compute_target_https_proxy");
  return "kind" in https ? referenced(graph, target, "google_compute_target_http_proxy") : https;
}

function urlMapOf(graph: ResourceGraph, proxy: Resource): UrlMap | Unknown {
  const reference = attribute(proxy.body, "url_map");
  if (reference === undefined) return missing(proxy.body, "url_map");
  const map = referenced(graph, reference, "google_compute_url_map");
  return "kind" in map ? map : buildUrlMap(graph, map);
}

/** Names of the readable certificates; every certificate that cannot be read goes to `unread`. */
function certificateNames(graph: ResourceGraph, proxy: Resource, unread: Unknown[]): string[] {
  const list = attribute(proxy.body, "ssl_certificates");
  const references = list === undefined ? [] : list.kind === "list" ? list.items : [list];
  if (references.length === 0) unread.push(missing(proxy.body, "ssl_certificates"));
  return references.flatMap((reference) => {
    const names = namesOf(graph, reference);
    if (names.kind === "known") return names.value.map(({ value }) => value.toLowerCase());
    unread.push(names);
    return [];
  });
}

function namesOf(graph: ResourceGraph, reference: Value): Maybe<Known<string>[]> {
  const certificate = referenced(graph, reference, "google_compute_managed_ssl_certificate");
  if ("kind" in certificate) return certificate;
  const unknowns = unheardOf(certificate.body, "certificate");
  const managed = singleBlock(certificate.body, "managed", unknowns);
  if (managed !== undefined) unknowns.push(...unheardOf(managed, "managed"));
  const domains = managed === undefined ? undefined : attribute(managed, "domains");
  if (domains === undefined) unknowns.push(missing(reference, "managed domains"));
  const [unknown] = unknowns;
  return unknown ?? asStrings(domains!);
}

function text(block: Value, name: string): Maybe<string> {
  const value = attribute(block, name);
  return value === undefined ? missing(block, name) : asString(value);
}
