import type { RunService } from "../../../model/edge-model.ts";
import { attribute } from "../../../terraform/graph.ts";
import type { Resource } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import { ignoresChanges } from "../meta.ts";
import { resourceOf, runServices, settingsOf } from "../run-settings.ts";

export const trafficPinnedToRevision = defineStaticRule({
  id: "traffic-pinned-to-revision",
  title: "all traffic of a service stays with revisions that were deployed earlier",
  severity: "warning",
  found: "run",
  because:
    "A new revision is made and receives no request, so that a mended header or handshake has no effect, and nothing says so.",
  fix: "Send traffic to `TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST`, or write the same `revision` in the template and in `traffic`.",
  sources: ["R20"],
  options: [
    { what: "Send all traffic to the latest revision", effort: "minutes", risk: "medium" },
    {
      what: "Name the template's own revision in `traffic`, and change both together",
      effort: "minutes",
      risk: "low",
    },
  ],
  check: ({ graph, edges }) => runServices(edges).flatMap((service) => said(resourceOf(graph, service), service)),
});

function said(resource: Resource, { address, traffic = [], revision }: RunService): Said[] {
  const { traffic: entries, revision: named } = settingsOf(resource);
  const serving = traffic.filter(({ percent }) => percent > 0);
  // One that cannot be read may be the latest; what another tool moves is not what the file says.
  if (serving.length === 0 || traffic.length !== entries.length || ignoresChanges(resource, "traffic")) return [];
  if (named !== undefined && revision === undefined)
    return [{ kind: "unknown", reason: "is the name of a revision, which cannot be read", by: named.by }];
  if (serving.some((entry) => entry.revision === undefined || entry.revision === revision)) return [];
  const [first] = serving;
  const index = traffic.indexOf(first!);
  const pinned = attribute(entries[index]!, "revision") ?? attribute(entries[index]!, "revision_name");
  const names = serving.map((entry) => entry.revision).join(", ");
  return [
    found(pinned?.by ?? first!.by, `${address} serves ${names} alone: what its template describes receives nothing`),
  ];
}
