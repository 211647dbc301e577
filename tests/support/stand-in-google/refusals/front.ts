import type { Cloud } from "../cloud.ts";
import { idOf } from "../ids.ts";
import { text } from "../value.ts";
import type { Body } from "../value.ts";
import { backendServicesOf, invalid, rulesOf, urlMapOfRule } from "./refusal.ts";
import type { RefusalRow } from "./refusal.ts";

const why = "The load balancing scheme of the forwarding rule differs from that of the backend service";

export const FRONT_REFUSALS: readonly RefusalRow[] = [
  {
    id: "schemes-differ",
    row: "M18",
    facts: ["API"],
    resources: ["google_compute_global_forwarding_rule"],
    refuses: (body, cloud) => {
      const map = urlMapOfRule(body, cloud);
      return map === undefined ? undefined : differing(body, map.body, cloud);
    },
  },
  {
    id: "schemes-differ-behind-a-live-map",
    row: "M18",
    facts: ["API"],
    resources: ["google_compute_url_map"],
    refuses: (body, cloud) =>
      rulesOf(idOf("google_compute_url_map", body), cloud)
        .map((rule) => differing(rule.body, body, cloud))
        .find((each) => each !== undefined),
  },
];

function differing(rule: Body, urlMap: Body, cloud: Cloud): string | undefined {
  const scheme = text(rule, "load_balancing_scheme") ?? "";
  const other = backendServicesOf(urlMap, cloud).find((each) => text(each.body, "load_balancing_scheme") !== scheme);
  return other === undefined ? undefined : invalid("loadBalancingScheme", scheme, `${why} '${other.id}'.`);
}
