import type { Unknown } from "../facts/provenance.ts";
import { asString, asStrings, attribute, blocks, referenced, resourcesOfType } from "../terraform/graph.ts";
import type { Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { buildBackend, buildRunService } from "./build-backend.ts";
import { buildUrlMap } from "./build-url-map.ts";
import type { EdgeModel, Listener, UrlMap } from "./edge-model.ts";

/** Resource types that may change or serve any request, and that the model does not know (facts P7, P10). */
const OPAQUE_TYPES =
  /^google_(network_services_lb_(traffic|route)_extension|api_gateway_\w+|network_services_edge_cache_\w+|compute_region_url_map)$/;

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
    unknowns: opaque.map(({ body, type }) => ({
      kind: "unknown",
      reason: `a ${type} may change any header`,
      by: body.by,
    })),
  };
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

function certificateNames(graph: ResourceGraph, proxy: Resource, unknowns: Unknown[]): string[] {
  const list = attribute(proxy.body, "ssl_certificates");
  const references = list === undefined ? [] : list.kind === "list" ? list.items : [list];
  if (references.length === 0) unknowns.push(missing(proxy.body, "ssl_certificates"));
  return references.flatMap((reference) => {
    const certificate = referenced(graph, reference, "google_compute_managed_ssl_certificate");
    const managed = "kind" in certificate ? certificate : blocks(certificate.body, "managed")[0];
    const domains = managed === undefined || managed.kind === "unknown" ? undefined : attribute(managed, "domains");
    const names = domains === undefined ? undefined : asStrings(domains);
    if (names?.kind === "known") return names.value.map(({ value }) => value.toLowerCase());
    unknowns.push(names ?? (managed?.kind === "unknown" ? managed : missing(reference, "managed domains")));
    return [];
  });
}

function text(block: Value, name: string): Maybe<string> {
  const value = attribute(block, name);
  return value === undefined ? missing(block, name) : asString(value);
}

function missing(block: Value, what: string): Unknown {
  return { kind: "unknown", reason: `has no ${what} that can be read`, by: block.by };
}
