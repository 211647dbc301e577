import { isOnHeaderPath } from "../../../model/header-path.ts";
import { gatesIn } from "../../../terraform/gate.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { openPartOf, waitingFor } from "../waiting.ts";

export const resourceOutsideGate = defineStaticRule({
  id: "resource-outside-gate",
  title: "a resource on the way of requests does not wait for the gate",
  severity: "warning",
  found: "run",
  because: "With `-target` Terraform plans it without the gate, whatever the receipt says.",
  fix: "Name the gate in `depends_on` of the resource, or of the module that holds it.",
  sources: ["T2"],
  check: ({ graph }) => {
    const gates = gatesIn(graph);
    // What a plan or a state shows has no `depends_on`.
    if (gates.length === 0 || graph.basis === undefined) return [];
    const waiting = waitingFor(graph, gates);
    return [...graph.resources.values()]
      .filter(({ type, address }) => isOnHeaderPath(type) && !waiting.has(address))
      .map((each) => openPartOf(each) ?? found(each.body.by, `${each.address} does not wait for the gate`));
  },
});
