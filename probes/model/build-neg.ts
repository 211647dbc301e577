import type { Problem, Provenance, Unknown } from "../facts/provenance.ts";
import { asString, attribute, blocks, knownText, singleBlock } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import type { BackendGroup, NegTag, RunService, ServedRevisions, TrafficEntry } from "./edge-model.ts";
import type { Findings } from "./findings.ts";
import { addressIn, resolved } from "./lookup.ts";

const SERVERLESS = "google_compute_region_network_endpoint_group";
const RUN_TYPES = ["google_cloud_run_v2_service", "google_cloud_run_service"];

/** What serves behind each of these and is no Cloud Run service. */
const OTHERS: Readonly<Record<string, string>> = {
  google_compute_instance_group: "an instance group",
  google_compute_instance_group_manager: "an instance group",
  google_compute_region_instance_group_manager: "an instance group",
  google_compute_network_endpoint_group: "a zonal NEG",
  google_compute_global_network_endpoint_group: "an internet NEG",
};

const REGIONAL_KINDS: Readonly<Record<string, string>> = {
  INTERNET_IP_PORT: "an internet NEG",
  INTERNET_FQDN_PORT: "an internet NEG",
  PRIVATE_SERVICE_CONNECT: "a NEG of Private Service Connect",
  GCE_VM_IP_PORTMAP: "a NEG of virtual machines",
};

/** Which services there are, by address and by name. */
export interface Services {
  readonly byAddress: ReadonlyMap<string, RunService>;
  readonly byName: ReadonlyMap<string, readonly RunService[]>;
}

/** The NEG or instance group that a `backend` block of a backend service names, and what answers there. */
export function groupOf(graph: ResourceGraph, backend: Value, services: Services, found: Findings): BackendGroup {
  const written = attribute(backend, "group");
  if (written === undefined) return { kind: "unknown", reason: "has no group", by: backend.by };
  const other = otherKind(graph, written);
  if (other !== undefined) return elsewhere(other, false, written.by);
  const neg = resolved(graph, written, [SERVERLESS]);
  if ("kind" in neg) return neg;
  const group = groupOfNeg(neg, graph, services, found);
  return group.kind === "unknown" && kindOf(neg) === "SERVERLESS" ? { ...group, serverless: true } : group;
}

function kindOf({ body }: Resource): string | undefined {
  const written = attribute(body, "network_endpoint_type");
  return written === undefined ? "SERVERLESS" : knownText(written);
}

function elsewhere(what: string, serverless: boolean, by: Provenance, unknowns: readonly Unknown[] = []): BackendGroup {
  return {
    kind: "elsewhere",
    reason: `${what} answers, which this configuration does not describe`,
    serverless,
    unknowns,
    by,
  };
}

/** An instance group, or a NEG of endpoints: told by the type that is referred to, also where it is not in the graph. */
function otherKind(graph: ResourceGraph, written: Value): string | undefined {
  const address = addressIn(written);
  if (address !== undefined) {
    const type = graph.resources.get(address)?.type ?? /(?:^|\.)(google_\w+)\.[^.]+$/.exec(address)?.[1] ?? "";
    return OTHERS[type];
  }
  const text = knownText(written) ?? (written.kind === "template" ? written.text : "");
  if (text.includes("/instanceGroups/")) return "an instance group";
  return /\/zones\/[^/]+\/networkEndpointGroups\//.test(text) ? "a zonal NEG" : undefined;
}

function groupOfNeg(neg: Resource, graph: ResourceGraph, services: Services, found: Findings): BackendGroup {
  const { body } = neg;
  const { unknowns, problems } = found;
  unknowns.push(...unheardOf(body, "neg", { problems }));
  const kind = kindOf(neg);
  const what = REGIONAL_KINDS[kind ?? ""];
  if (what !== undefined) return elsewhere(what, false, body.by);
  if (kind !== "SERVERLESS")
    return {
      kind: "unknown",
      reason: `is a NEG of type ${kind ?? "(unreadable)"}, not SERVERLESS`,
      by: attribute(body, "network_endpoint_type")!.by,
    };
  const cloudRun = singleBlock(body, "cloud_run", unknowns);
  if (cloudRun !== undefined) {
    unknowns.push(...unheardOf(cloudRun, "cloudRunOfNeg", { problems }));
    return runBehind(graph, cloudRun, { services, region: knownText(attribute(body, "region")), found });
  }
  if (blocks(body, "cloud_function").length > 0) return elsewhere("a Cloud Function", true, body.by);
  if (blocks(body, "app_engine").length > 0) return elsewhere("App Engine", true, body.by);
  const [deployment] = blocks(body, "serverless_deployment");
  if (deployment !== undefined) return gateway(deployment);
  return { kind: "unknown", reason: "is a serverless NEG for nothing that can be read", by: body.by };
}

/** An API gateway puts its own token in the place of the client's (fact P7). */
function gateway({ by }: Value): BackendGroup {
  const reason = "an API gateway stands behind it, which replaces Authorization with a token of its own (P7)";
  const names = ["authorization", "x-forwarded-authorization", "x-apigateway-api-userinfo"];
  const unknowns = names.map((header): Unknown => ({ kind: "unknown", reason, affects: "headers", header, by }));
  return elsewhere("an API gateway", true, by, unknowns);
}

interface NegContext {
  readonly services: Services;
  readonly region: string | undefined;
  readonly found: Findings;
}

/** The service that a `cloud_run` block names, or the mask that finds it in the URL (fact S11). */
function runBehind(graph: ResourceGraph, cloudRun: Value, context: NegContext): BackendGroup {
  const { services, region, found } = context;
  const tag = tagOf(cloudRun, found.unknowns);
  const service = attribute(cloudRun, "service");
  const mask = attribute(cloudRun, "url_mask");
  if (service === undefined && mask !== undefined) {
    const text = asString(mask);
    if (text.kind === "unknown") return text;
    const near = [...services.byAddress.values()].filter((each) => isNear(each, region));
    return { kind: "mask", mask: { text: text.value, by: mask.by }, tag, services: near, by: mask.by };
  }
  const one = service === undefined ? undefined : serviceNamed(graph, service, services, region);
  if (one === undefined) return { kind: "unknown", reason: "names no service", by: cloudRun.by };
  if ("reason" in one) return one;
  return runGroup(one, tag, { by: cloudRun.by, problems: regionProblem(one, region, service!.by) });
}

/** What a NEG sends to a service: the revisions, and what of them is not described. */
export function runGroup(
  service: RunService,
  tag: NegTag | undefined,
  { by, problems }: { readonly by: Provenance; readonly problems: readonly Problem[] },
): Extract<BackendGroup, { kind: "run" }> {
  const unknowns: Unknown[] = [];
  return { kind: "run", service, ...servedBy(service, tag, unknowns), unknowns, problems, by };
}

/** A tag pins the NEG to the revision that carries it (fact S11). */
function tagOf(cloudRun: Value, unknowns: Unknown[]): NegTag | undefined {
  const written = attribute(cloudRun, "tag");
  const tag = written === undefined ? undefined : asString(written);
  if (tag?.kind === "unknown") unknowns.push(withAffects(tag, "refusal"));
  return tag?.kind === "known" ? { name: tag.value, by: tag.by } : undefined;
}

function isNear(service: RunService, region: string | undefined): boolean {
  return region === undefined || service.region === undefined || service.region === region;
}

/** The NEG names its service by reference or by plain name; of two of one name, the one of its region. */
function serviceNamed(
  graph: ResourceGraph,
  written: Value,
  { byAddress, byName }: Services,
  region: string | undefined,
): RunService | Unknown {
  const name = knownText(written);
  if (addressIn(written) === undefined && name !== undefined) {
    const all = byName.get(name.slice(name.lastIndexOf("/") + 1)) ?? [];
    const near = all.length > 1 ? all.filter((each) => isNear(each, region)) : all;
    if (near.length === 1) return near[0]!;
    const reason = `names Cloud Run service ${name}, of which this configuration holds ${near.length}`;
    return { kind: "unknown", reason, by: written.by };
  }
  const resource = resolved(graph, written, RUN_TYPES);
  if ("kind" in resource) return resource;
  const reason = `refers to ${resource.address}, which cannot be read`;
  return byAddress.get(resource.address) ?? { kind: "unknown", reason, by: written.by };
}

/** S8, M53: a NEG serves services of its own region. */
function regionProblem({ region: own, address }: RunService, region: string | undefined, by: Provenance): Problem[] {
  if (own === undefined || region === undefined || own === region) return [];
  return [{ reason: `the NEG is in ${region} and ${address} in ${own}`, found: "apply", fact: "S8", by }];
}

/**
 * What answers behind a NEG: the revision that its tag names, else those that take traffic (facts S11, R20). A revision
 * that the template does not describe was deployed earlier: everything outside its container is still told.
 */
function servedBy(
  service: RunService,
  tag: NegTag | undefined,
  unknowns: Unknown[],
): { revisions: ServedRevisions; notes: string[] } {
  const entries = service.traffic?.filter((each) => (tag === undefined ? each.percent > 0 : each.tag === tag.name));
  if ((entries ?? []).length === 0 && (tag !== undefined || entries !== undefined))
    unknowns.push(nothingServes(service, tag));
  const named = (entries ?? []).flatMap(({ revision }) => revision ?? []);
  const earlier = [...new Set(named)].filter((revision) => revision !== service.revision);
  const described = entries === undefined || entries.some(isDescribed(service));
  const id = service.label ?? service.name ?? service.address;
  const notes = earlier.map(
    (revision) =>
      `revision ${revision} of service ${id} was deployed earlier; its container is not in this configuration`,
  );
  return { revisions: { described, earlier }, notes };
}

function nothingServes(service: RunService, tag: NegTag | undefined): Unknown {
  return {
    kind: "unknown",
    reason:
      tag === undefined
        ? "has traffic blocks, and none that takes traffic"
        : `is a tag that no traffic block of ${service.address} has (S11)`,
    affects: "refusal",
    by: (tag ?? service).by,
  };
}

function isDescribed(service: RunService): (entry: TrafficEntry) => boolean {
  return ({ revision }) => revision === undefined || revision === service.revision;
}
