import { refusals } from "../backends.ts";
import { defineStaticRule } from "../define-rule.ts";

export const iapWithRefusedSetting = defineStaticRule({
  id: "iap-with-refused-setting",
  title: "IAP together with what Google does not take beside it",
  severity: "error",
  found: "apply",
  because: "A backend service takes IAP, or Cloud CDN, or outlier detection, and refuses the pair.",
  fix: "Switch one of the two off, or give what is to be cached a backend service of its own.",
  sources: ["S9", "S10"],
  check: (subject) => refusals(subject, "S9", "S10"),
});
