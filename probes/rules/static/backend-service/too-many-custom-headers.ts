import { overLimit } from "../../../model/custom-header-problems.ts";
import { attribute } from "../../../terraform/graph.ts";
import { backendServices, refusal } from "../backends.ts";
import { defineStaticRule } from "../define-rule.ts";

export const tooManyCustomHeaders = defineStaticRule({
  id: "too-many-custom-headers",
  title: "a backend service has more custom headers than it may have",
  severity: "error",
  found: "apply",
  because: "The API takes 16 request headers, 16 response headers and 8 KB of both.",
  fix: "Take out what the service does not read, or write several values into one header.",
  sources: ["V2"],
  check: (subject) =>
    backendServices(subject).flatMap(({ backend: { address, requestHeaders, responseHeaders }, resource: { body } }) =>
      [
        ...overLimit(requestHeaders, attribute(body, "custom_request_headers")),
        ...overLimit(responseHeaders, attribute(body, "custom_response_headers")),
      ].map((problem) => refusal(address, problem)),
    ),
});
