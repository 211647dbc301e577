import type { Problem } from "../../../facts/provenance.ts";
import { backendsBehind } from "../../../model/products-behind.ts";
import { attribute } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";

export const regionalSchemeNotWritten = defineStaticRule({
  id: "regional-scheme-not-written",
  title: "a regional part of an Application Load Balancer has no scheme",
  severity: "error",
  found: "apply",
  because:
    "Without one a regional backend service is `INTERNAL` and a regional forwarding rule `EXTERNAL`, and neither goes with a URL map of its region.",
  fix: 'Write `load_balancing_scheme = "EXTERNAL_MANAGED"`, or `"INTERNAL_MANAGED"` where no client is outside.',
  sources: ["U10", "M18"],
  check: (subject) => problemsIn(subject).map(({ reason, by }) => found(by, `Google refuses ${by.address}: ${reason}`)),
});

/** What the model says of listeners, and of the backends of their maps. */
function problemsIn({ graph, edges }: Subject): Problem[] {
  const all = edges.flatMap(({ listeners, backends }) =>
    listeners.flatMap(({ problems, urlMap }) => {
      const map = "reason" in urlMap ? undefined : graph.resources.get(urlMap.address);
      const behind = map === undefined ? [] : backendsBehind(map, backends);
      return [...problems, ...behind.flatMap((backend) => backend.problems)];
    }),
  );
  return all.filter(({ fact, by }) => {
    const resource = graph.resources.get(by.address);
    const isItself = resource?.body.by === by && /^google_compute_(region_|forwarding_rule$)/.test(resource.type);
    return (
      isItself && ["U10", "M18"].includes(fact ?? "") && attribute(resource.body, "load_balancing_scheme") === undefined
    );
  });
}
