import { asBoolean, asNumber, asString, attribute, blocks, knownText, missing } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { BlockKind } from "./attributes.ts";
import { iamCheckOf } from "./build-invoker.ts";
import { h2cOf, iapOf, ingressUnknown, timeoutOf } from "./build-run-service.ts";
import type { Findings } from "./findings.ts";
import { withAffects } from "./doubt.ts";
import type { RunService, TrafficEntry } from "./edge-model.ts";

const INGRESS = ["all", "internal-and-cloud-load-balancing"];

/** A `google_cloud_run_service`, the older API of the same services: much of it stands in annotations. */
export function buildRunV1(graph: ResourceGraph, resource: Resource): RunService {
  const { body } = resource;
  const found: Findings = { unknowns: [], problems: [] };
  const { unknowns, problems } = found;
  const inside = (kind: BlockKind, parents: readonly Value[], name: string): Value[] => {
    const inner = parents.flatMap((parent) => blocks(parent, name));
    unknowns.push(...inner.flatMap((block) => unheardOf(block, kind, { problems, affects: "refusal" })));
    return inner;
  };
  unknowns.push(...unheardOf(body, "runV1", { problems, affects: "refusal" }));
  const metadata = inside("runV1Metadata", [body], "metadata");
  const template = inside("runV1Template", [body], "template");
  const own = inside("runV1Metadata", template, "metadata");
  const spec = inside("runV1Spec", template, "spec");
  const containers = inside("runV1Container", spec, "containers");
  const annotation = (name: string): Value | undefined => entryOf(metadata, "annotations", name);
  unknowns.push(...ingressUnknown(annotation("run.googleapis.com/ingress"), INGRESS));
  return {
    address: resource.address,
    name: knownText(attribute(body, "name")),
    label: knownText(entryOf(metadata, "labels", "headgate-service")),
    edge: knownText(entryOf(metadata, "labels", "headgate-edge")),
    region: knownText(attribute(body, "location")),
    revision: knownText(own.map((block) => attribute(block, "name")).find(Boolean)),
    traffic:
      attribute(body, "traffic") === undefined
        ? undefined
        : inside("runV1Traffic", [body], "traffic").flatMap((block) => trafficEntry(block, found)),
    h2c: h2cOf(
      containers.flatMap((container) => blocks(container, "ports")),
      { kind: "runV1Ports", by: body.by },
      found,
    ),
    iamCheck: iamCheckOf(graph, resource, annotation("run.googleapis.com/invoker-iam-disabled"), found),
    audiences: audiencesOf(annotation("run.googleapis.com/custom-audiences")),
    iap: iapOf(annotation("run.googleapis.com/iap-enabled")),
    timeoutSeconds: timeoutOf(
      spec.map((block) => attribute(block, "timeout_seconds")).find(Boolean),
      body.by,
      problems,
    ),
    unknowns,
    problems,
    by: body.by,
  };
}

function entryOf(parents: readonly Value[], map: string, name: string): Value | undefined {
  const maps = parents.flatMap((parent) => attribute(parent, map) ?? []);
  return maps.map((each) => attribute(each, name)).find((value) => value !== undefined);
}

/** The annotation holds a list as JSON. */
function audiencesOf(written: Value | undefined): string[] | undefined {
  if (written === undefined) return [];
  try {
    const list: unknown = JSON.parse(knownText(written) ?? "");
    return Array.isArray(list) ? list.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function trafficEntry(block: Value, { unknowns }: Findings): TrafficEntry[] {
  const [latest, named, tag] = ["latest_revision", "revision_name", "tag"].map((name) => attribute(block, name));
  const written = attribute(block, "percent");
  const percent = written === undefined ? missing(block, "percent") : asNumber(written);
  const isLatest = latest === undefined ? undefined : asBoolean(latest);
  const revision = named === undefined ? undefined : asString(named);
  const label = tag === undefined ? undefined : asString(tag);
  const unread = [percent, isLatest, revision, label].find((each) => each?.kind === "unknown");
  if (unread?.kind === "unknown") unknowns.push(withAffects(unread, "refusal"));
  if (unread !== undefined || percent.kind === "unknown") return [];
  const name = revision?.kind === "known" ? revision.value : undefined;
  return [
    { tag: label?.kind === "known" ? label.value : undefined, revision: name, percent: percent.value, by: block.by },
  ];
}
