import { repeatedNames } from "../../../model/custom-header-problems.ts";
import { backendServices, refusal } from "../backends.ts";
import { defineStaticRule } from "../define-rule.ts";

export const repeatedCustomHeader = defineStaticRule({
  id: "repeated-custom-header",
  title: "a backend service writes one header twice",
  severity: "error",
  found: "apply",
  because: "Names have no case, and the API refuses a list that holds one of them again.",
  fix: "Keep one of the entries.",
  sources: ["V1"],
  check: (subject) =>
    backendServices(subject).flatMap(({ backend: { address, requestHeaders, responseHeaders } }) =>
      [requestHeaders, responseHeaders].flatMap(repeatedNames).map((problem) => refusal(address, problem)),
    ),
});
