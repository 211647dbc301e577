import { isHopByHop } from "../../../../http/hop-by-hop.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { mapsOf, matchesIn } from "../ways.ts";

export const routeByConnectionHeader = defineStaticRule({
  id: "route-by-connection-header",
  title: "a route rule asks for a header of the client's own connection",
  severity: "warning",
  found: "run",
  because:
    "`Upgrade` and `Connection` end at the load balancer, and no page says whether a route rule sees them: sockets may never meet the rule.",
  fix: "Tell sockets apart by their path.",
  sources: ["U15", "H5", "Q6"],
  check: ({ edges }) =>
    mapsOf(edges).flatMap((map) =>
      matchesIn(map).flatMap(({ match }) =>
        match.headers
          .filter(({ name }) => isHopByHop(name))
          .map(({ name, by }) => found(by, `a rule asks for ${name}`, { dependsOn: "match-hop-by-hop" })),
      ),
    ),
});
