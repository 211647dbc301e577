import { isFieldValue, isToken } from "../../http/token.ts";
import type { Unknown } from "../facts/provenance.ts";
import {
  PLACEHOLDER,
  asString,
  asTemplate,
  attribute,
  blocks,
  knownText,
  referenced,
  singleBlock,
} from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { iamCheckOf } from "./build-invoker.ts";
import type { Backend, RunService, WrittenHeader } from "./edge-model.ts";

/** A `google_compute_backend_service` and the Cloud Run service behind its serverless NEG. */
export function buildBackend(graph: ResourceGraph, resource: Resource, services: readonly RunService[]): Backend {
  const { body } = resource;
  const unknowns = unheardOf(body, "backendService");
  unknowns.push(...schemeProblem(body), ...cdnProblem(body));
  return {
    address: resource.address,
    requestHeaders: customHeaders(body, "custom_request_headers", unknowns),
    responseHeaders: customHeaders(body, "custom_response_headers", unknowns),
    protocol: protocolOf(body, unknowns),
    service: serviceBehind(graph, body, services, unknowns),
    unknowns,
    by: body.by,
  };
}

/** A `google_cloud_run_v2_service` as far as it changes a request (facts R4, R10, R15). */
export function buildRunService(graph: ResourceGraph, resource: Resource): RunService {
  const { body } = resource;
  const unknowns = unheardOf(body, "runService");
  const template = blocks(body, "template");
  unknowns.push(...template.flatMap((block) => unheardOf(block, "template")));
  const containers = template.flatMap((block) => blocks(block, "containers"));
  unknowns.push(...containers.flatMap((block) => unheardOf(block, "container")));
  unknowns.push(...ingressProblem(body));
  const labels = attribute(body, "labels");
  return {
    address: resource.address,
    name: knownText(attribute(body, "name")),
    label: labels === undefined ? undefined : knownText(attribute(labels, "headgate-service")),
    h2c: h2cOf(containers, body, unknowns),
    iamCheck: iamCheckOf(graph, resource, unknowns),
    unknowns,
    by: body.by,
  };
}

function serviceBehind(
  graph: ResourceGraph,
  body: Value,
  services: readonly RunService[],
  unknowns: Unknown[],
): RunService | Unknown {
  const backends = blocks(body, "backend");
  const [backend] = backends;
  if (backend === undefined || backends.length > 1)
    return { kind: "unknown", reason: `has ${backends.length} backends; one serverless NEG is expected`, by: body.by };
  unknowns.push(...unheardOf(backend, "backend"));
  const group = attribute(backend, "group");
  if (group === undefined) return { kind: "unknown", reason: "has no group", by: backend.by };
  const neg = referenced(graph, group, "google_compute_region_network_endpoint_group");
  if ("kind" in neg) return neg;
  unknowns.push(...unheardOf(neg.body, "neg"));
  const kind = attribute(neg.body, "network_endpoint_type");
  if (kind !== undefined && knownText(kind) !== "SERVERLESS") {
    return {
      kind: "unknown",
      reason: `is a NEG of type ${knownText(kind) ?? "(unreadable)"}, not SERVERLESS`,
      by: kind.by,
    };
  }
  const cloudRun = singleBlock(neg.body, "cloud_run", unknowns);
  if (cloudRun === undefined) return { kind: "unknown", reason: "is not a NEG for Cloud Run", by: neg.body.by };
  unknowns.push(...unheardOf(cloudRun, "cloudRunOfNeg"));
  const service = attribute(cloudRun, "service");
  if (service === undefined) return { kind: "unknown", reason: "names no service", by: cloudRun.by };
  return runServiceOf(graph, service, services);
}

/** The NEG names its service by reference or by plain name. */
function runServiceOf(graph: ResourceGraph, service: Value, services: readonly RunService[]): RunService | Unknown {
  const name = knownText(service);
  const byName = name === undefined ? [] : services.filter((candidate) => candidate.name === name);
  if (byName.length === 1) return byName[0]!;
  if (name !== undefined)
    return {
      kind: "unknown",
      reason: `names Cloud Run service ${name}, of which this configuration holds ${byName.length}`,
      by: service.by,
    };
  const resource = referenced(graph, service, "google_cloud_run_v2_service");
  if ("kind" in resource) return resource;
  return (
    services.find(({ address }) => address === resource.address) ?? {
      kind: "unknown",
      reason: `refers to ${resource.address}, which cannot be read`,
      by: service.by,
    }
  );
}

function h2cOf(containers: readonly Value[], body: Value, unknowns: Unknown[]): RunService["h2c"] {
  for (const ports of containers.flatMap((container) => blocks(container, "ports"))) {
    unknowns.push(...unheardOf(ports, "ports"));
    const written = attribute(ports, "name");
    const name = written === undefined ? undefined : asString(written);
    if (name?.kind === "unknown") unknowns.push(name);
    if (name?.kind === "known") return { value: name.value === "h2c", by: name.by };
  }
  return { value: false, by: body.by };
}

function protocolOf(body: Value, unknowns: Unknown[]): Backend["protocol"] {
  const written = attribute(body, "protocol");
  const protocol = written === undefined ? undefined : asString(written);
  if (protocol?.kind === "unknown") unknowns.push(protocol);
  return protocol?.kind === "known" ? { value: protocol.value, by: protocol.by } : { value: "HTTP", by: body.by };
}

function ingressProblem(body: Value): Unknown[] {
  const written = attribute(body, "ingress");
  const ingress = knownText(written);
  if (
    written === undefined ||
    ingress === "INGRESS_TRAFFIC_ALL" ||
    ingress === "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  )
    return [];
  return [
    {
      kind: "unknown",
      reason: `has ingress ${ingress ?? "that cannot be read"}, which may close the service to the load balancer`,
      by: written.by,
    },
  ];
}

function schemeProblem(body: Value): Unknown[] {
  const written = attribute(body, "load_balancing_scheme");
  if (knownText(written) === "EXTERNAL_MANAGED") return [];
  const found =
    written === undefined
      ? "is not written, and the provider's default differs between versions (U10)"
      : `is ${knownText(written) ?? "unreadable"}`;
  return [
    {
      kind: "unknown",
      reason: `load_balancing_scheme ${found}; only EXTERNAL_MANAGED is modelled`,
      by: (written ?? body).by,
    },
  ];
}

function cdnProblem(body: Value): Unknown[] {
  const written = attribute(body, "enable_cdn");
  if (written === undefined || (written.kind === "literal" && written.value === false)) return [];
  return [{ kind: "unknown", reason: "Cloud CDN is on; what a cache answers is not modelled", by: written.by }];
}

/** `Name: value` texts. A text whose name cannot be read may set any header, so it is an unknown. */
function customHeaders(body: Value, name: string, unknowns: Unknown[]): WrittenHeader[] {
  const list = attribute(body, name);
  const items = list === undefined ? [] : list.kind === "list" ? list.items : [list];
  return items.flatMap((item) => {
    const text = asTemplate(item);
    const colon = text.kind === "known" ? text.value.indexOf(":") : -1;
    const header = text.kind === "known" ? text.value.slice(0, Math.max(colon, 0)).trim() : "";
    if (text.kind === "unknown" || !isToken(header) || !isFieldValue(text.value) || header.includes(PLACEHOLDER)) {
      unknowns.push(
        text.kind === "unknown"
          ? text
          : { kind: "unknown", reason: "is not `Name: value` with a readable name", by: item.by },
      );
      return [];
    }
    // V2: leading and trailing blanks of a value are dropped.
    return [{ name: header, value: text.value.slice(colon + 1).trim(), by: item.by }];
  });
}
