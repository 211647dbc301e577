import { attribute, knownText } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { deleting } from "../remedy.ts";
import { itemsOf, resourcesOf } from "../reading.ts";

export const certificateListIgnored = defineStaticRule({
  id: "certificate-list-ignored",
  title: "a proxy has a list of certificates beside a certificate map",
  severity: "warning",
  found: "run",
  because: "The proxy picks by the map alone: a host that only the list covers fails in TLS.",
  fix: "Move the certificates into entries of the map, and delete the list.",
  sources: ["C2", "M66"],
  check: ({ graph }) =>
    resourcesOf(graph, ["google_compute_target_https_proxy"]).flatMap(({ address, body }) => {
      const [map, list] = [attribute(body, "certificate_map"), attribute(body, "ssl_certificates")];
      if (map === undefined || knownText(map) === "" || itemsOf(list).length === 0) return [];
      return [
        found(list!.by, `${address} picks by its certificate map, and never by ssl_certificates`, {
          by: [map.by],
          // It has no effect, so that nothing else changes.
          remedy: deleting(list!.by),
        }),
      ];
    }),
});
