import { isFieldValue, isToken } from "../../http/token.ts";
import type { Problem, Unknown } from "../facts/provenance.ts";
import { PLACEHOLDER, asBoolean, asString, asTemplate, attribute, blocks, missing } from "../terraform/graph.ts";
import type { Known, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { backendProblems } from "./backend-problems.ts";
import { policyOf } from "./build-armor.ts";
import { cdnOf } from "./build-cdn.ts";
import { groupOf } from "./build-neg.ts";
import type { Services } from "./build-neg.ts";
import { headerProblems } from "./custom-header-problems.ts";
import { withAffects } from "./doubt.ts";
import { eitherTexts } from "./either-texts.ts";
import type { Backend, Iap, RunService, WrittenHeader } from "./edge-model.ts";
import type { Findings } from "./findings.ts";
import { productOf } from "./product.ts";

/** Types that a URL map may send requests to. */
export const BACKEND_TYPES = [
  "google_compute_backend_service",
  "google_compute_region_backend_service",
  "google_compute_backend_bucket",
] as const;

/** Services by address and by name, for the NEGs that name them. */
export function servicesBy(services: readonly RunService[]): Services {
  const byName = new Map<string, RunService[]>();
  for (const service of services)
    if (service.name !== undefined) byName.set(service.name, [...(byName.get(service.name) ?? []), service]);
  return { byAddress: new Map(services.map((service) => [service.address, service])), byName };
}

/** A backend service of either scope, or a backend bucket, and what stands behind it. */
export function buildBackend(graph: ResourceGraph, resource: Resource, services: Services): Backend {
  if (resource.type === "google_compute_backend_bucket") return buildBucket(graph, resource);
  const { body, type } = resource;
  const isRegional = type === "google_compute_region_backend_service";
  const found: Findings = { unknowns: [], problems: [] };
  const { unknowns, problems } = found;
  // What the API itself says, Terraform never validates.
  const validated = resource.api === true ? [] : problems;
  unknowns.push(...unheardOf(body, isRegional ? "regionBackendService" : "backendService", { problems: validated }));
  const written = blocks(body, "backend");
  for (const block of written) unknowns.push(...unheardOf(block, "backend", { problems, affects: "refusal" }));
  const groups = written.map((block) => groupOf(graph, block, services, found));
  const product = productOf(graph, body, isRegional ? "region" : "global") ?? noScheme(body, problems);
  // V7: a regional one has none.
  const requestHeaders = isRegional ? [] : customHeaders(body, "custom_request_headers", unknowns);
  const iap = iapOf(body, found);
  const cdn = cdnOf(body, unknowns, problems);
  problems.push(
    ...headerProblems(requestHeaders, attribute(body, "custom_request_headers")),
    ...backendProblems(body, groups, { isRegional, iap, cdn }),
  );
  return {
    address: resource.address,
    product,
    requestHeaders,
    responseHeaders: isRegional ? [] : responseHeaders(body, unknowns),
    protocol: protocolOf(body, unknowns),
    policy: policyOf(graph, attribute(body, "security_policy"), found),
    edgePolicy: policyOf(graph, attribute(body, "edge_security_policy"), found),
    cdn,
    iap,
    groups: groups.length > 0 ? groups : [missing(body, "backend")],
    unknowns,
    problems,
    by: body.by,
  };
}

/** Cloud Storage answers, whatever the request says. */
function buildBucket(graph: ResourceGraph, { body, address }: Resource): Backend {
  const found: Findings = { unknowns: [], problems: [] };
  const { unknowns, problems } = found;
  unknowns.push(...unheardOf(body, "backendBucket", { problems }));
  const reason = "a bucket of Cloud Storage answers, and no service";
  return {
    address,
    // A bucket goes with the listener that leads to it.
    product: undefined,
    requestHeaders: [],
    responseHeaders: [],
    protocol: { value: "HTTPS", by: body.by },
    policy: undefined,
    edgePolicy: policyOf(graph, attribute(body, "edge_security_policy"), found),
    cdn: cdnOf(body, unknowns, problems),
    iap: undefined,
    groups: [{ kind: "elsewhere", reason, serverless: false, unknowns: [], by: body.by }],
    unknowns,
    problems,
    by: body.by,
  };
}

/** A regional one is INTERNAL where nothing is written: a network balancer, which a URL map cannot use. */
function noScheme({ by }: Value, problems: Problem[]): Backend["product"] {
  problems.push({
    reason: "load_balancing_scheme is not written, and INTERNAL is not a scheme of a balancer with a URL map",
    found: "apply",
    fact: "U10",
    by,
  });
  return { value: "regional", by };
}

function protocolOf(body: Value, unknowns: Unknown[]): Backend["protocol"] {
  const written = attribute(body, "protocol");
  const protocol = written === undefined ? undefined : asString(written);
  if (protocol?.kind === "unknown") unknowns.push(withAffects(protocol, "refusal"));
  return protocol?.kind === "known" ? { value: protocol.value, by: protocol.by } : { value: "HTTP", by: body.by };
}

/** A block without `enabled` is one of an older provider, where the block alone switched IAP on. */
function iapOf(body: Value, { unknowns, problems }: Findings): Iap | undefined {
  const [iap] = blocks(body, "iap");
  if (iap === undefined) return undefined;
  const unread = unheardOf(iap, "iap", { problems, affects: "refusal" });
  if (iap.kind !== "object") return unread[0];
  unknowns.push(...unread);
  const written = attribute(iap, "enabled");
  const enabled = written === undefined ? undefined : asBoolean(written);
  if (enabled?.kind === "unknown") return { ...withAffects(enabled, "refusal"), by: iap.by };
  return enabled?.value === false ? undefined : { kind: "on", by: iap.by };
}

/** One that cannot be read may make the 101 of an upgrade invalid (fact U24). */
function responseHeaders(body: Value, unknowns: Unknown[]): WrittenHeader[] {
  const own: Unknown[] = [];
  const headers = customHeaders(body, "custom_response_headers", own);
  unknowns.push(...own.map((each): Unknown => ({ ...each, affects: "refusal" })));
  return headers;
}

/** `Name: value` texts. A text whose name cannot be read may set any header. */
function customHeaders(body: Value, name: string, unknowns: Unknown[]): WrittenHeader[] {
  const list = attribute(body, name);
  const either = list === undefined ? undefined : eitherTexts(list, (text) => text);
  if (either !== undefined) {
    const may = { ...either.because, affects: "headers" } as const;
    unknowns.push(...either.open.map(({ value, by }) => ({ ...may, ...headerNamed(value), by })));
  }
  const items = either?.sure.map(literalOf) ?? (list?.kind === "list" ? list.items : list === undefined ? [] : [list]);
  return items.flatMap((item) => {
    const text = asTemplate(item);
    const colon = text.kind === "known" ? text.value.indexOf(":") : -1;
    const header = text.kind === "known" ? text.value.slice(0, Math.max(colon, 0)).trim() : "";
    if (text.kind === "unknown" || !isToken(header) || !isFieldValue(text.value) || header.includes(PLACEHOLDER)) {
      const reason = "is not `Name: value` with a readable name";
      unknowns.push(withAffects(text.kind === "unknown" ? text : { kind: "unknown", reason, by: item.by }, "headers"));
      return [];
    }
    // V2: leading and trailing blanks of a value are dropped.
    return [{ name: header, value: text.value.slice(colon + 1).trim(), by: item.by }];
  });
}

/** The one header that `Name: value` leaves open; any, where it names none. */
function headerNamed(text: string): Pick<Unknown, "header"> {
  const name = text.slice(0, Math.max(text.indexOf(":"), 0)).trim();
  return isToken(name) ? { header: name.toLowerCase() } : {};
}

function literalOf({ value, by }: Known<string>): Value {
  return { kind: "literal", value, by };
}
