import type { Unknown } from "../facts/provenance.ts";
import { asString, attribute, missing, referenced, resourcesOfType } from "../terraform/graph.ts";
import type { Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { buildBackend } from "./build-backend.ts";
import { certificatesOf } from "./build-certificates.ts";
import type { Certificates } from "./build-certificates.ts";
import { buildRunService } from "./build-run-service.ts";
import { buildUrlMap } from "./build-url-map.ts";
import type { EdgeModel, Listener, UrlMap } from "./edge-model.ts";

/** Resource types that may change or serve any request, and that the model does not know (facts P7, P10). */
const OPAQUE_TYPES =
  /^google_(network_services_(lb_|authz_|wasm_)\w+|network_security_authz_\w+|api_gateway_\w+|network_services_edge_cache_\w+|compute_region_url_map)$/;

/** Label of a forwarding rule, or of a service, that says which edge of the stack it belongs to. */
const EDGE_LABEL = "headgate-edge";

const NO_CERTIFICATES: Certificates = { certificates: [], certificateNames: [], unreadCertificates: [] };

/** Resource graph → one edge: listeners, URL maps, backends and services, every part with its place. Pure. */
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
    edge: undefined,
    digest: graph.digest,
    listeners,
    backends: new Map(backends.map((backend) => [backend.address, backend])),
    services,
    unknowns: [...graph.unknowns, ...opaque.map(opaqueUnknown)],
  };
}

/** The edges of a configuration: listeners by the label of their forwarding rules; without a label, one. */
export function buildEdges(graph: ResourceGraph): EdgeModel[] {
  const model = buildEdgeModel(graph);
  const labels = [...new Set(model.listeners.map(({ edge }) => edge))];
  if (labels.length === 0) return [model];
  return labels.map((edge) => ({ ...model, edge, listeners: model.listeners.filter((each) => each.edge === edge) }));
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
  const certificates = secure ? certificatesOf(graph, proxy, unknowns) : NO_CERTIFICATES;
  return {
    edge: edgeLabel(rule.body, unknowns),
    scheme: secure ? "https" : "http",
    port: ports.kind === "known" ? Number.parseInt(ports.value, 10) : 0,
    urlMap: "kind" in proxy ? proxy : urlMapOf(graph, proxy),
    ...certificates,
    unknowns,
    by: rule.body.by,
  };
}

/** A label that cannot be read may be that of any edge. */
function edgeLabel(rule: Value, unknowns: Unknown[]): string | undefined {
  const labels = attribute(rule, "labels");
  const written = labels === undefined ? undefined : labels.kind === "object" ? attribute(labels, EDGE_LABEL) : labels;
  const label = written === undefined ? undefined : asString(written);
  if (label?.kind === "unknown") unknowns.push(label);
  return label?.kind === "known" ? label.value : undefined;
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

function text(block: Value, name: string): Maybe<string> {
  const value = attribute(block, name);
  return value === undefined ? missing(block, name) : asString(value);
}
