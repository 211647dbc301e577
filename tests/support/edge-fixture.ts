import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildEdgeModel } from "../../probes/model/build.ts";
import type { EdgeModel } from "../../probes/model/edge-model.ts";
import type { ResourceGraph } from "../../probes/terraform/graph.ts";
import { readSynthesized } from "../../probes/terraform/read-cdktf-out.ts";

/** A block of Terraform JSON. Tests put into it whatever they want to try, legal or not. */
export type Block = Record<string, unknown>;

/** The blocks of a small valid edge, each under a name, so that a test can change exactly one thing. */
export interface SmallEdge {
  /** Type → name → body. Everything below is part of it, by identity. */
  readonly resource: Record<string, Record<string, Block>>;
  readonly forwardingRule: Block;
  readonly proxy: Block;
  readonly certificate: Block;
  readonly urlMap: Block;
  readonly hostRule: Block;
  readonly pathMatcher: Block;
  /** `/ws` exactly and everything below `/ws/`, to the backend `api`. */
  readonly routeRule: Block;
  readonly matchRules: Block[];
  /** Backend of the route rule; `web` takes everything else. */
  readonly backend: Block;
  readonly webBackend: Block;
  readonly neg: Block;
  readonly cloudRun: Block;
  readonly service: Block;
  readonly template: Block;
  readonly container: Block;
  readonly ports: Block;
}

export const HOST = "api.example.com";
export const FILE = "cdk.tf.json";

export const ADDRESS = {
  forwardingRule: "google_compute_global_forwarding_rule.https",
  proxy: "google_compute_target_https_proxy.https",
  urlMap: "google_compute_url_map.main",
  api: "google_compute_backend_service.api",
  web: "google_compute_backend_service.web",
  neg: "google_compute_region_network_endpoint_group.api",
  apiService: "google_cloud_run_v2_service.api",
  webService: "google_cloud_run_v2_service.web",
} as const;

/** One HTTPS listener, a managed certificate, a host rule with one route rule, two services behind serverless NEGs. */
export function smallEdge(patch: (edge: SmallEdge) => void = () => undefined): SmallEdge {
  const forwardingRule = {
    name: "https",
    load_balancing_scheme: "EXTERNAL_MANAGED",
    port_range: "443",
    target: "${google_compute_target_https_proxy.https.id}",
  };
  const certificate = { name: "main", managed: { domains: [HOST, "app.example.com"] } };
  const proxy = {
    name: "https",
    url_map: "${google_compute_url_map.main.id}",
    ssl_certificates: ["${google_compute_managed_ssl_certificate.main.id}"],
  };
  const matchRules = [{ full_path_match: "/ws" }, { prefix_match: "/ws/" }];
  const routeRule = {
    priority: 10,
    match_rules: matchRules,
    service: "${google_compute_backend_service.api.id}",
  };
  const pathMatcher = {
    name: "api",
    default_service: "${google_compute_backend_service.web.id}",
    route_rules: [routeRule],
  };
  const hostRule = { hosts: [HOST], path_matcher: "api" };
  const urlMap = {
    name: "main",
    default_service: "${google_compute_backend_service.web.id}",
    host_rule: [hostRule],
    path_matcher: [pathMatcher],
  };
  const api = backendOf("api");
  const web = backendOf("web");
  const resource: SmallEdge["resource"] = {
    google_compute_global_forwarding_rule: { https: forwardingRule },
    google_compute_managed_ssl_certificate: { main: certificate },
    google_compute_target_https_proxy: { https: proxy },
    google_compute_url_map: { main: urlMap },
    google_compute_backend_service: { api: api.backend, web: web.backend },
    google_compute_region_network_endpoint_group: { api: api.neg, web: web.neg },
    google_cloud_run_v2_service: { api: api.service, web: web.service },
  };
  const named = { forwardingRule, proxy, certificate, urlMap, hostRule, pathMatcher, routeRule, matchRules };
  const edge: SmallEdge = { resource, ...named, ...api, webBackend: web.backend };
  patch(edge);
  return edge;
}

function backendOf(name: string) {
  const backend = {
    name,
    load_balancing_scheme: "EXTERNAL_MANAGED",
    protocol: "HTTPS",
    backend: [{ group: `\${google_compute_region_network_endpoint_group.${name}.id}` }],
  };
  const cloudRun = { service: `\${google_cloud_run_v2_service.${name}.name}` };
  const neg = { name, network_endpoint_type: "SERVERLESS", region: "us-central1", cloud_run: cloudRun };
  const ports = { container_port: 8080, name: "http1" };
  const container = { image: "us-docker.pkg.dev/example/echo", ports };
  const template = { containers: [container] };
  const service = {
    name,
    location: "us-central1",
    ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    invoker_iam_disabled: true,
    template,
  };
  return { backend, cloudRun, neg, ports, container, template, service };
}

/** Adds a port-80 listener whose URL map redirects everything to HTTPS. */
export function addRedirectListener({ resource }: SmallEdge, redirect: Block = {}): void {
  resource["google_compute_global_forwarding_rule"]!["http"] = {
    name: "http",
    load_balancing_scheme: "EXTERNAL_MANAGED",
    port_range: "80",
    target: "${google_compute_target_http_proxy.http.id}",
  };
  resource["google_compute_target_http_proxy"] = {
    http: { name: "http", url_map: "${google_compute_url_map.redirect.id}" },
  };
  resource["google_compute_url_map"]!["redirect"] = {
    name: "redirect",
    default_url_redirect: { https_redirect: true, strip_query: false, ...redirect },
  };
}

/** Priority of a policy's last rule, and the rule itself: lets everything pass that no other rule matches. */
export const EVERYTHING: Block = {
  action: "allow",
  priority: 2_147_483_647,
  match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } },
};

/** Puts a Cloud Armor policy with these rules in front of `api`; gives its body. */
export function addPolicy({ resource, backend }: SmallEdge, rule: unknown, more: Block = {}): Block {
  const policy = { name: "armor", type: "CLOUD_ARMOR", rule, ...more };
  resource["google_compute_security_policy"] = { main: policy };
  backend["security_policy"] = "${google_compute_security_policy.main.id}";
  return policy;
}

/** A rule of a policy with an expression. */
export function armorRule(priority: number, action: string, expression: string, more: Block = {}): Block {
  return { priority, action, match: { expr: { expression } }, ...more };
}

/** A second edge with its own listener and URL map, which sends everything to the backend `web`; gives its URL map. */
export function addEdge({ resource }: SmallEdge, label: string): Block {
  const urlMap = { name: label, default_service: "${google_compute_backend_service.web.id}" };
  resource["google_compute_url_map"]![label] = urlMap;
  resource["google_compute_target_https_proxy"]![label] = {
    name: label,
    url_map: `\${google_compute_url_map.${label}.id}`,
    ssl_certificates: ["${google_compute_managed_ssl_certificate.main.id}"],
  };
  resource["google_compute_global_forwarding_rule"]![label] = {
    name: label,
    labels: { "headgate-edge": label },
    load_balancing_scheme: "EXTERNAL_MANAGED",
    port_range: "443",
    target: `\${google_compute_target_https_proxy.${label}.id}`,
  };
  return urlMap;
}

/** The Terraform JSON of an edge, laid out as CDKTF writes it. */
export function edgeText(edge: SmallEdge): string {
  // Terraform refuses a type without a name below it.
  const named = Object.entries(edge.resource).filter(([, bodies]) => Object.keys(bodies).length > 0);
  return JSON.stringify({ resource: Object.fromEntries(named) }, null, 2);
}

export function graphOf(edge: SmallEdge, name = "staging"): ResourceGraph {
  return { ...readSynthesized(edgeText(edge), FILE, name), digest: "0".repeat(64) };
}

/** Model of the small edge after one change. */
export function edgeModel(patch?: (edge: SmallEdge) => void): EdgeModel {
  return buildEdgeModel(graphOf(smallEdge(patch)));
}

/** Line and column, both from 1, of the only place where `needle` stands in `text`. */
export function positionOf(text: string, needle: string): { line: number; column: number } {
  const offset = text.indexOf(needle);
  if (offset === -1 || text.includes(needle, offset + 1))
    throw new Error(`${needle} does not stand there exactly once`);
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** Line and column, both from 1, of the only match in `text`. */
export function matchPosition(text: string, pattern: RegExp): { line: number; column: number } {
  const matches = [...text.matchAll(new RegExp(pattern, "g"))];
  if (matches.length !== 1) throw new Error(`${pattern.source} is found ${matches.length} times, not once`);
  const before = text.slice(0, matches[0]!.index).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** Where a value stands, found by the text of its key (`"name": `) or, in a list, by its own text. */
export function valuePosition(text: string, at: string): { line: number; column: number } {
  const { line, column } = positionOf(text, at);
  return { line, column: column + (at.endsWith(": ") ? at.length : 0) };
}

/** A folder of its own with these files; `remove` takes it away. */
export function temporaryFolder(files: Readonly<Record<string, string>>): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "headgate-test-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Files of a finished synth with one stack for each text. */
export function synthFiles(stacks: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(stacks);
  const pathOf = (name: string): string => `stacks/${name}/${FILE}`;
  const listed = names.map((name) => [name, { name, synthesizedStackPath: pathOf(name) }] as const);
  return {
    "manifest.json": JSON.stringify({ version: "0.21.0", stacks: Object.fromEntries(listed) }),
    ...Object.fromEntries(names.map((name) => [pathOf(name), stacks[name]!])),
  };
}
