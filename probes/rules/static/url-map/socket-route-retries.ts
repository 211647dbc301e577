import type { Provenance } from "../../../facts/provenance.ts";
import { attribute, knownText } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { itemsOf, valueAt } from "../reading.ts";
import { socketWays } from "../sockets.ts";

/** Answers that an application gives too, while it starts. */
const SERVER_ERRORS = ["5xx", "gateway-error"];

export const socketRouteRetries = defineStaticRule({
  id: "socket-route-retries",
  title: "handshakes are sent again after a server's error",
  severity: "warning",
  found: "run",
  because:
    "A handshake that is repeated while a service starts spends a ticket that is good for once, and hides which attempt was answered.",
  fix: "Take `retry_policy` out of the routes of sockets, and let clients reconnect; or retry on `connect-failure` alone.",
  sources: ["W5"],
  check: (subject) =>
    socketWays(subject).flatMap(({ path, route: { policy } }) =>
      policy.retries !== undefined && isOnServerErrors(policy.retries, subject)
        ? [found(policy.retries, `a handshake for ${path} is sent again after a server's error`)]
        : [],
    ),
});

function isOnServerErrors(place: Provenance, { graph }: Subject): boolean {
  const block = valueAt(graph, place);
  const conditions = itemsOf(block === undefined ? undefined : attribute(block, "retry_conditions"));
  return conditions.some((each) => SERVER_ERRORS.includes(knownText(each) ?? ""));
}
