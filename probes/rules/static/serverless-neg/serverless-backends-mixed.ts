import { refusals } from "../backends.ts";
import { defineStaticRule } from "../define-rule.ts";

export const serverlessBackendsMixed = defineStaticRule({
  id: "serverless-backends-mixed",
  title: "backends that cannot stand together on one backend service",
  severity: "error",
  found: "apply",
  because:
    "A backend service takes one serverless NEG a region, one alone where it is regional, and no other kind beside it.",
  fix: "Give each of them a backend service of its own, and let the URL map choose.",
  sources: ["S8"],
  check: (subject) => refusals(subject, "S8"),
});
