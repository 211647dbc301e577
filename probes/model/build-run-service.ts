import type { Provenance, Unknown } from "../facts/provenance.ts";
import { asNumber, asString, attribute, blocks, knownText, missing } from "../terraform/graph.ts";
import type { Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { iamCheckOf } from "./build-invoker.ts";
import type { RunService, ServedRevisions, TrafficEntry } from "./edge-model.ts";

const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";
const PINNED = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";

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
  const label = (name: string): string | undefined =>
    labels === undefined ? undefined : knownText(attribute(labels, name));
  return {
    address: resource.address,
    name: knownText(attribute(body, "name")),
    label: label("headgate-service"),
    edge: label("headgate-edge"),
    ...revisionsOf(body, template, unknowns),
    h2c: h2cOf(containers, body, unknowns),
    iamCheck: iamCheckOf(graph, resource, unknowns),
    unknowns,
    by: body.by,
  };
}

/** Tag of a NEG, and where it stands. */
export interface NegTag {
  readonly name: string;
  readonly by: Provenance;
}

/**
 * What answers behind a NEG: the revision that its tag names, else those that take traffic (facts S11, R20). A revision
 * that the template does not describe was deployed earlier: everything outside its container is still told.
 */
export function servedBy(
  service: RunService | Unknown,
  tag: NegTag | undefined,
  unknowns: Unknown[],
): { revisions: ServedRevisions; notes: string[] } {
  if ("reason" in service) return { revisions: { described: true, earlier: [] }, notes: [] };
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
  return tag === undefined
    ? { kind: "unknown", reason: "has traffic blocks, and none that takes traffic", by: service.by }
    : { kind: "unknown", reason: `is a tag that no traffic block of ${service.address} has (S11)`, by: tag.by };
}

function isDescribed(service: RunService): (entry: TrafficEntry) => boolean {
  return ({ revision }) => revision === undefined || revision === service.revision;
}

function revisionsOf(
  body: Value,
  template: readonly Value[],
  unknowns: Unknown[],
): Pick<RunService, "revision" | "traffic"> {
  const written = template.map((block) => attribute(block, "revision")).find((value) => value !== undefined);
  const revision = written === undefined ? undefined : asString(written);
  const traffic = blocks(body, "traffic").flatMap((block) => trafficEntry(block, unknowns));
  // Which revision the template describes matters where one is named.
  if (revision?.kind === "unknown" && traffic.some((entry) => entry.revision !== undefined)) unknowns.push(revision);
  return {
    revision: revision?.kind === "known" ? revision.value : undefined,
    traffic: attribute(body, "traffic") === undefined ? undefined : traffic,
  };
}

function trafficEntry(block: Value, unknowns: Unknown[]): TrafficEntry[] {
  const own = unheardOf(block, "traffic");
  const read = <T>(name: string, as: (value: Value) => Maybe<T>): T | undefined => {
    const value = attribute(block, name);
    const known = value === undefined ? undefined : as(value);
    if (known?.kind === "unknown") own.push(known);
    return known?.kind === "known" ? known.value : undefined;
  };
  const [type, revision, tag] = [read("type", asString), read("revision", asString), read("tag", asString)];
  const percent = read("percent", asNumber) ?? 0;
  const isWhole = (type === LATEST && revision === undefined) || (type === PINNED && revision !== undefined);
  if (own.length === 0 && !isWhole) own.push(missing(block, "type with the revision that it needs"));
  unknowns.push(...own);
  return own.length > 0 ? [] : [{ tag, revision, percent, by: block.by }];
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
