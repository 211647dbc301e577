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
  options: [
    { what: "Give what is to be cached a backend service of its own, without IAP", effort: "hours", risk: "low" },
    { what: "Switch off Cloud CDN, or take `outlier_detection` out", effort: "minutes", risk: "low" },
    { what: "Switch off IAP, and let the application authenticate", effort: "days", risk: "high" },
  ],
  check: (subject) => refusals(subject, "S9", "S10"),
});
