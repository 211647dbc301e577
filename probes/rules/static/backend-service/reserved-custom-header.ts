import { isHopByHop } from "../../../../http/hop-by-hop.ts";
import { forbiddenNames } from "../../../model/custom-header-problems.ts";
import { backendServices, refusal } from "../backends.ts";
import { defineStaticRule } from "../define-rule.ts";

export const reservedCustomHeader = defineStaticRule({
  id: "reserved-custom-header",
  title: "a backend service writes a header whose name Google keeps for itself",
  severity: "error",
  found: "apply",
  because: "Names that begin like Google's own, `X-User-IP`, `CDN-Loop` and `authority` are refused by the API.",
  fix: "Give the header a name of your own.",
  sources: ["V1"],
  check: (subject) =>
    backendServices(subject).flatMap(({ backend: { address, requestHeaders } }) =>
      forbiddenNames(requestHeaders.filter(({ name }) => !isHopByHop(name))).map((problem) =>
        refusal(address, problem),
      ),
    ),
});
