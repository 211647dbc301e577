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
import { policyOf } from "./build-armor.ts";
import { cdnOf } from "./build-cdn.ts";
import { servedBy } from "./build-run-service.ts";
import type { NegTag } from "./build-run-service.ts";
import type { Backend, RunService, WrittenHeader } from "./edge-model.ts";

/** A `google_compute_backend_service` and the Cloud Run service behind its serverless NEG. */
export function buildBackend(graph: ResourceGraph, resource: Resource, services: readonly RunService[]): Backend {
  const { body } = resource;
  const unknowns = unheardOf(body, "backendService");
  unknowns.push(...schemeProblem(body), ...iapProblem(body));
  const run = cloudRunBehind(graph, body, unknowns);
  const service = "reason" in run ? run : serviceBehind(graph, run.block, services);
  const tag = "reason" in run ? undefined : tagOf(run.block, unknowns);
  return {
    address: resource.address,
    requestHeaders: customHeaders(body, "custom_request_headers", unknowns),
    responseHeaders: customHeaders(body, "custom_response_headers", unknowns),
    protocol: protocolOf(body, unknowns),
    policy: policyOf(graph, body, unknowns),
    cdn: cdnOf(body, unknowns),
    service,
    ...servedBy(service, tag, unknowns),
    unknowns,
    by: body.by,
  };
}

/** The `cloud_run` block of the one serverless NEG behind a backend service. */
function cloudRunBehind(graph: ResourceGraph, body: Value, unknowns: Unknown[]): { block: Value } | Unknown {
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
  return { block: cloudRun };
}

/** A tag pins the NEG to the revision that carries it (fact S11). */
function tagOf(cloudRun: Value, unknowns: Unknown[]): NegTag | undefined {
  const written = attribute(cloudRun, "tag");
  const tag = written === undefined ? undefined : asString(written);
  if (tag?.kind === "unknown") unknowns.push(tag);
  return tag?.kind === "known" ? { name: tag.value, by: tag.by } : undefined;
}

/** The NEG names its service by reference or by plain name. */
function serviceBehind(graph: ResourceGraph, cloudRun: Value, services: readonly RunService[]): RunService | Unknown {
  const service = attribute(cloudRun, "service");
  if (service === undefined) return { kind: "unknown", reason: "names no service", by: cloudRun.by };
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

function protocolOf(body: Value, unknowns: Unknown[]): Backend["protocol"] {
  const written = attribute(body, "protocol");
  const protocol = written === undefined ? undefined : asString(written);
  if (protocol?.kind === "unknown") unknowns.push(protocol);
  return protocol?.kind === "known" ? { value: protocol.value, by: protocol.by } : { value: "HTTP", by: body.by };
}

/** What IAP asks for, takes away and adds depends on who the client is to Google (facts P2, P5). */
function iapProblem(body: Value): Unknown[] {
  const [iap] = blocks(body, "iap");
  const enabled = iap === undefined ? undefined : attribute(iap, "enabled");
  if (iap === undefined || (enabled?.kind === "literal" && enabled.value === false)) return [];
  const reason = "IAP is on: it answers clients without a session itself (P5) and may take Authorization away (P2)";
  return [{ kind: "unknown", reason, by: iap.by }];
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
