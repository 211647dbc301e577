import { refusals } from "../backends.ts";
import { defineStaticRule } from "../define-rule.ts";
import { deletesIt } from "../remedy.ts";

export const serverlessSettingRefused = defineStaticRule({
  id: "serverless-setting-refused",
  title: "a setting that a backend service with a serverless NEG may not have",
  severity: "error",
  found: "apply",
  because:
    "Port names, health checks, utilization and balancing policies are about machines, of which there are none: Google refuses them.",
  fix: "Delete the setting; what Cloud Run needs of it is set on the service.",
  sources: ["S2", "S3", "S4"],
  remedy: deletesIt,
  check: (subject) => refusals(subject, "S2", "S3", "S4"),
});
