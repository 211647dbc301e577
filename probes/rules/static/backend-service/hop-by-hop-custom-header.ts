import { isHopByHop } from "../../../../http/hop-by-hop.ts";
import { defineStaticRule, each, found } from "../define-rule.ts";
import { levelActs } from "../levels.ts";
import { customHeaders } from "../reading.ts";
import { deletesIt } from "../remedy.ts";

export const hopByHopCustomHeader = defineStaticRule({
  id: "hop-by-hop-custom-header",
  title: "the load balancer is to write a header of the connection, such as `Upgrade`",
  severity: "error",
  found: "apply",
  because: "Google refuses these names; a WebSocket needs none of them, for the load balancer writes the pair itself.",
  fix: "Delete it: WebSocket works without configuration.",
  sources: ["V1", "V6", "H5", "H6"],
  remedy: deletesIt,
  check: (subject) => [
    ...each(customHeaders(subject.graph), ({ name, direction, backend, by }) =>
      direction === "request" && isHopByHop(name)
        ? [found(by, `${backend.address} writes ${name}, which no custom header may be called`)]
        : [],
    ),
    ...levelActs(subject)
      .filter(({ kind, direction, name }) => kind === "add" && direction === "request" && isHopByHop(name))
      .map(({ name, level, by }) => found(by, `${level.map.address} adds ${name}, which no header action may add`)),
  ],
});
