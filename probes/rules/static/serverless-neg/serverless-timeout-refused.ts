import { isServerless } from "../../../model/backend-problems.ts";
import { backendServices, refusals, unread } from "../backends.ts";
import { defineStaticRule } from "../define-rule.ts";
import { deletesIt } from "../remedy.ts";

export const serverlessTimeoutRefused = defineStaticRule({
  id: "serverless-timeout-refused",
  title: "a timeout on a backend service with a serverless NEG",
  severity: "error",
  found: "apply",
  because:
    "Google refuses any but the default of 30 s, and applies none: the life of a socket is the service's own timeout.",
  fix: "Delete `timeout_sec`, and set `template.timeout` of the Cloud Run service.",
  sources: ["S1", "S1b", "W4"],
  remedy: deletesIt,
  check: (subject) => [
    ...refusals(subject, "S1"),
    ...backendServices(subject).flatMap(({ backend, resource }) =>
      backend.groups.some(isServerless) ? unread(resource, "timeout_sec") : [],
    ),
  ],
});
