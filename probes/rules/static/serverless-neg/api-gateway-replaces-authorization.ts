import { attribute, blocks, knownText } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { resourcesOf } from "../reading.ts";

export const apiGatewayReplacesAuthorization = defineStaticRule({
  id: "api-gateway-replaces-authorization",
  title: "an API gateway stands between the load balancer and the service",
  severity: "warning",
  found: "run",
  because:
    "The gateway puts its own token into `Authorization` and the client's into `X-Forwarded-Authorization`, and does not stream: no socket opens through it.",
  fix: "Send sockets to the service by a NEG of its own, and read `X-Forwarded-Authorization` behind the gateway.",
  sources: ["P7"],
  check: ({ graph }) =>
    resourcesOf(graph, ["google_compute_region_network_endpoint_group"]).flatMap(({ body, address }) =>
      blocks(body, "serverless_deployment")
        .filter((block) => /^apigateway\./.test(knownText(attribute(block, "platform")) ?? "apigateway."))
        .map(({ by }) => found(by, `${address} leads to an API gateway, which replaces Authorization`)),
    ),
});
