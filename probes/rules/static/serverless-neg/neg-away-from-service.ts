import { attribute, knownText } from "../../../terraform/graph.ts";
import type { ResourceGraph } from "../../../terraform/graph.ts";
import type { BackendGroup } from "../../../model/edge-model.ts";
import { backendServices, refusal } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";

export const negAwayFromService = defineStaticRule({
  id: "neg-away-from-service",
  title: "a serverless NEG in another region or project than its service",
  severity: "error",
  found: "apply",
  because: "A NEG finds services of its own region and project alone.",
  fix: "Write the service's region and project on the NEG.",
  sources: ["S8"],
  check: (subject) =>
    backendServices(subject).flatMap(({ backend: { groups } }) =>
      groups.flatMap((group) => (group.kind === "run" ? said(subject.graph, group) : [])),
    ),
});

function said({ resources }: ResourceGraph, { service, problems, by }: Extract<BackendGroup, { kind: "run" }>): Said[] {
  const elsewhere = problems.filter(({ fact }) => fact === "S8").map((problem) => refusal(by.address, problem));
  if (elsewhere.length > 0) return elsewhere;
  const [neg, run] = [by.address, service.address].map((address) => {
    const resource = resources.get(address);
    return resource === undefined ? undefined : attribute(resource.body, "project");
  });
  const [own, other] = [knownText(neg), knownText(run)];
  if (own === undefined || other === undefined || own === other) return [];
  return [found(neg!.by, `${by.address} is in project ${own}, and ${service.address} in ${other}`, { by: [run!.by] })];
}
