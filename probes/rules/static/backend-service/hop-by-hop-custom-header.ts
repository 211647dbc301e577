import { isHopByHop } from "../../../../http/hop-by-hop.ts";
import { defineStaticRule, each, found } from "../define-rule.ts";
import { customHeaders } from "../reading.ts";
import { deletesIt } from "../remedy.ts";

export const hopByHopCustomHeader = defineStaticRule({
  id: "hop-by-hop-custom-header",
  title: "a backend service writes a header of the connection, such as `Upgrade`",
  severity: "error",
  found: "apply",
  because: "Google refuses these names; a WebSocket needs none of them, for the load balancer writes the pair itself.",
  fix: "Delete the entry: WebSocket works without configuration.",
  sources: ["V1", "H5", "H6"],
  remedy: deletesIt,
  check: ({ graph }) =>
    each(customHeaders(graph), ({ name, direction, backend, by }) =>
      direction === "request" && isHopByHop(name)
        ? [found(by, `${backend.address} writes ${name}, which no custom header may be called`)]
        : [],
    ),
});
