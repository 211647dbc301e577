import type { Json } from "../support/reference.ts";
import type { BrokenEdge } from "./broken-edge.ts";

export const brokenEdge: BrokenEdge = {
  title: "no certificate names the login host",
  rule: "certificate-covers-host",
  plant: (terraform) => {
    const certificates = Object.values(
      terraform.resource.google_compute_managed_ssl_certificate as Record<string, Json>,
    );
    for (const { managed } of certificates)
      if (managed.domains[0] === "auth.staging.example.com") managed.domains = ["login.staging.example.com"];
  },
  headers: [null],
  places: ["auth.staging.example.com /* http"],
  culprit: { attribute: "", line: '"edge_https-ipv4' },
};
