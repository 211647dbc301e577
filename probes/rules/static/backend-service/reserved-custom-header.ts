import { isHopByHop } from "../../../../http/hop-by-hop.ts";
import { forbiddenNames } from "../../../model/custom-header-problems.ts";
import { mayNotAdd } from "../../../model/level-problems.ts";
import { backendServices, refusal } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { levelActs } from "../levels.ts";

export const reservedCustomHeader = defineStaticRule({
  id: "reserved-custom-header",
  title: "the load balancer is to write a header whose name Google keeps for itself",
  severity: "error",
  found: "apply",
  because:
    "Names that begin like Google's own, `X-User-IP`, `CDN-Loop` and `authority` are refused by the API, and `Host` in a URL map.",
  fix: "Give the header a name of your own; a host is written by `url_rewrite`.",
  sources: ["V1", "V6"],
  check: (subject) => [...onBackends(subject), ...inMaps(subject)],
});

function onBackends(subject: Subject): Said[] {
  return backendServices(subject).flatMap(({ backend: { address, requestHeaders } }) =>
    forbiddenNames(requestHeaders.filter(({ name }) => !isHopByHop(name))).map((problem) => refusal(address, problem)),
  );
}

function inMaps(subject: Subject): Said[] {
  return levelActs(subject)
    .filter(({ kind, direction, name }) => kind === "add" && direction === "request" && mayNotAdd(name))
    .filter(({ name }) => !isHopByHop(name))
    .map(({ name, level, by }) => found(by, `${level.map.address} adds ${name}, which no header action may add`));
}
