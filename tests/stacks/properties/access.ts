import { expect } from "vitest";
import type { Property } from "./property.ts";
import { bodiesOf, textsIn } from "./resources.ts";

export const access: readonly Property[] = [
  {
    name: "every service, witnesses included, is reachable through the load balancer only",
    facts: ["R15", "R16"],
    holds: (terraform) => {
      for (const { ingress } of bodiesOf(terraform, "google_cloud_run_v2_service"))
        expect(ingress).toBe("INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER");
    },
  },
  {
    name: "the application checks its callers: Cloud Run's own check, which no browser can pass on an upgrade, is off",
    facts: ["R10", "B1"],
    holds: (terraform) => {
      for (const { invoker_iam_disabled: off } of bodiesOf(terraform, "google_cloud_run_v2_service"))
        expect(off).toBe(true);
    },
  },
  {
    name: "nobody is granted the right to invoke, allUsers least of all",
    facts: ["R10"],
    holds: (terraform) => {
      expect(Object.keys(terraform.resource as object).filter((type) => /cloud_run.*_iam_/.test(type))).toEqual([]);
      expect(textsIn(terraform.resource).filter((text) => /all(Authenticated)?Users/.test(text))).toEqual([]);
    },
  },
  {
    name: "no audience is declared for tokens that nobody checks, and no identity-aware proxy consumes Authorization",
    facts: ["P2", "R14"],
    holds: (terraform) => {
      for (const run of bodiesOf(terraform, "google_cloud_run_v2_service")) {
        expect(run).not.toHaveProperty("custom_audiences");
        expect(run).not.toHaveProperty("iap_enabled");
      }
      for (const backend of bodiesOf(terraform, "google_compute_backend_service"))
        expect(backend).not.toHaveProperty("iap");
    },
  },
];
