import type { Problem, Provenance, Unknown } from "../facts/provenance.ts";
import { asBoolean, asNumber, asString, asStrings, attribute, blocks, knownText, missing } from "../terraform/graph.ts";
import type { Maybe, Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { iamCheckOf } from "./build-invoker.ts";
import { withAffects } from "./doubt.ts";
import type { Iap, RunService, TrafficEntry } from "./edge-model.ts";
import type { Findings } from "./findings.ts";

const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";
const PINNED = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";

/** Seconds that a request may take where nothing else is written, and at most (fact R2). */
export const TIMEOUT_SECONDS = { usual: 300, most: 3600 } as const;

/** A `google_cloud_run_v2_service` as far as it changes a request (facts R2, R4, R10, R15). */
export function buildRunService(graph: ResourceGraph, resource: Resource): RunService {
  const { body } = resource;
  const found: Findings = { unknowns: [], problems: [] };
  const { unknowns, problems } = found;
  const template = blocks(body, "template");
  const containers = template.flatMap((block) => blocks(block, "containers"));
  unknowns.push(
    ...unheardOf(body, "runService", { problems, affects: "refusal" }),
    ...template.flatMap((block) => unheardOf(block, "template", { problems, affects: "refusal" })),
    ...containers.flatMap((block) => unheardOf(block, "container", { problems, affects: "refusal" })),
    ...ingressUnknown(attribute(body, "ingress"), V2_INGRESS),
  );
  const labels = attribute(body, "labels");
  const label = (name: string): string | undefined =>
    labels === undefined ? undefined : knownText(attribute(labels, name));
  const audiences = attribute(body, "custom_audiences");
  const listed = audiences === undefined ? undefined : asStrings(audiences);
  return {
    address: resource.address,
    name: knownText(attribute(body, "name")),
    label: label("headgate-service"),
    edge: label("headgate-edge"),
    region: knownText(attribute(body, "location")),
    ...revisionsOf(body, template, unknowns),
    h2c: h2cOf(
      containers.flatMap((container) => blocks(container, "ports")),
      { kind: "ports", by: body.by },
      found,
    ),
    iamCheck: iamCheckOf(graph, resource, attribute(body, "invoker_iam_disabled"), found),
    audiences: listed?.kind === "unknown" ? undefined : (listed?.value ?? []).map(({ value }) => value),
    iap: iapOf(attribute(body, "iap_enabled")),
    timeoutSeconds: timeoutOf(template.map((block) => attribute(block, "timeout")).find(Boolean), body.by, problems),
    unknowns,
    problems,
    by: body.by,
  };
}

const V2_INGRESS = ["INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"];

/** R15 says of two values what they mean for a load balancer. */
export function ingressUnknown(written: Value | undefined, open: readonly string[]): Unknown[] {
  const ingress = knownText(written);
  if (written === undefined || (ingress !== undefined && open.includes(ingress))) return [];
  const reason = `has ingress ${ingress ?? "that cannot be read"}, which may close the service to the load balancer (R15)`;
  return [{ kind: "unknown", reason, affects: "refusal", by: written.by }];
}

/** A flag that puts IAP on the service itself (fact P5b). */
export function iapOf(written: Value | undefined): Iap | undefined {
  if (written === undefined) return undefined;
  const enabled = asBoolean(written);
  if (enabled.kind === "unknown") return withAffects(enabled, "refusal");
  return enabled.value ? { kind: "on", by: written.by } : undefined;
}

/** `300s`, or a number of seconds. */
export function timeoutOf(
  written: Value | undefined,
  by: Provenance,
  problems: Problem[],
): RunService["timeoutSeconds"] {
  if (written === undefined) return { value: TIMEOUT_SECONDS.usual, by };
  const text = knownText(written);
  const seconds = text === undefined ? undefined : /^(\d+(?:\.\d+)?)s?$/.exec(text)?.[1];
  const value = seconds === undefined ? undefined : Number(seconds);
  if (value !== undefined && value > TIMEOUT_SECONDS.most) {
    const reason = `a request may take ${TIMEOUT_SECONDS.most} s at most, and ${text} is more`;
    problems.push({ reason, found: "apply", fact: "R2", by: written.by });
  }
  return { value, by: written.by };
}

/** Whether the container speaks HTTP/2 alone, which ends upgrades (fact R4). */
export function h2cOf(
  ports: readonly Value[],
  { kind, by }: { readonly kind: "ports" | "runV1Ports"; readonly by: Provenance },
  { unknowns, problems }: Findings,
): RunService["h2c"] {
  for (const block of ports) {
    unknowns.push(...unheardOf(block, kind, { problems, affects: "refusal" }));
    const written = attribute(block, "name");
    const name = written === undefined ? undefined : asString(written);
    if (name?.kind === "unknown") unknowns.push(withAffects(name, "refusal"));
    if (name?.kind === "known") return { value: name.value === "h2c", by: name.by };
  }
  return { value: false, by };
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
  if (revision?.kind === "unknown" && traffic.some((entry) => entry.revision !== undefined))
    unknowns.push(withAffects(revision, "refusal"));
  return {
    revision: revision?.kind === "known" ? revision.value : undefined,
    traffic: attribute(body, "traffic") === undefined ? undefined : traffic,
  };
}

/** An entry that cannot be read leaves open which revision answers, and so whether it lets a request in. */
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
  unknowns.push(...own.map((each) => withAffects(each, "refusal")));
  return own.length > 0 ? [] : [{ tag, revision, percent, by: block.by }];
}
