import { defineStaticRule, each, found } from "../define-rule.ts";
import { ANSWER, isOneOf } from "../names.ts";
import { customHeaders } from "../reading.ts";
import { deletesIt } from "../remedy.ts";

export const customResponseHeaderBreaksHandshake = defineStaticRule({
  id: "custom-response-header-breaks-handshake",
  title: "a backend service writes a header of the answer to a handshake",
  severity: "warning",
  found: "run",
  because: "A 101 with another subprotocol or key than the service wrote makes the client end the socket.",
  fix: "Delete the entry: the service answers the handshake itself.",
  sources: ["U24", "B4", "Q16"],
  remedy: deletesIt,
  check: ({ graph }) =>
    each(customHeaders(graph), ({ name, direction, backend, by }) =>
      direction === "response" && isOneOf(ANSWER, name)
        ? [found(by, `${backend.address} writes ${name} in responses`, { dependsOn: "actions-on-101" })]
        : [],
    ),
});
