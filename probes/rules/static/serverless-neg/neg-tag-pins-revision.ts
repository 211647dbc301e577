import type { BackendGroup } from "../../../model/edge-model.ts";
import { attribute, blocks, knownText } from "../../../terraform/graph.ts";
import type { ResourceGraph } from "../../../terraform/graph.ts";
import { backendServices } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import { ignoresChanges } from "../meta.ts";

export const negTagPinsRevision = defineStaticRule({
  id: "neg-tag-pins-revision",
  title: "a NEG leads to a tag that new revisions do not get",
  severity: "warning",
  found: "run",
  because:
    "What is deployed takes traffic everywhere but through the load balancer, where a mended handshake has no effect.",
  fix: "Delete `tag`, or give the tag to the latest revision in `traffic`.",
  sources: ["S11", "R20"],
  options: [
    { what: "Delete `tag`: the NEG then follows the service's traffic", effort: "minutes", risk: "medium" },
    { what: "Give the tag to the latest revision in `traffic`", effort: "minutes", risk: "medium" },
  ],
  check: (subject) =>
    backendServices(subject).flatMap(({ backend: { groups } }) =>
      groups.flatMap((group) => (group.kind === "run" ? said(subject.graph, group) : [])),
    ),
});

function said(
  { resources }: ResourceGraph,
  { service, revisions, by }: Extract<BackendGroup, { kind: "run" }>,
): Said[] {
  const [neg, run] = [resources.get(by.address), resources.get(service.address)];
  const tag =
    neg === undefined ? undefined : blocks(neg.body, "cloud_run").flatMap((block) => attribute(block, "tag") ?? [])[0];
  const name = knownText(tag);
  if (tag === undefined || name === undefined || run === undefined || ignoresChanges(run, "traffic")) return [];
  const serving = service.traffic?.filter(({ percent }) => percent > 0);
  // Where nothing serves the template, that is the cause, and told there.
  const isServed = serving?.some(({ revision }) => revision === undefined || revision === service.revision) ?? true;
  const entry = service.traffic?.find((each) => each.tag === name);
  if (entry === undefined)
    return [found(tag.by, `no traffic entry of ${service.address} gives the tag ${name}`, { by: [service.by] })];
  if (revisions.described || !isServed) return [];
  return [found(tag.by, `tag ${name} of ${service.address} stays with revision ${entry.revision}`, { by: [entry.by] })];
}
