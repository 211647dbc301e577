import { expect } from "vitest";
import { edgeOf } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { bodiesOf } from "./resources.ts";

/** Resource types that take labels, and those that take no description. */
const LABELLED = [
  "google_certificate_manager_certificate",
  "google_certificate_manager_certificate_map",
  "google_certificate_manager_certificate_map_entry",
  "google_certificate_manager_dns_authorization",
  "google_cloud_run_v2_service",
  "google_compute_global_address",
  "google_compute_global_forwarding_rule",
];
const UNDESCRIBED = [
  "google_dns_record_set",
  "google_secret_manager_secret_iam_member",
  "google_service_account",
  "terraform_data",
];

function resources(terraform: Json): { type: string; id: string; body: Json }[] {
  return Object.entries<Json>(terraform.resource).flatMap(([type, some]) =>
    Object.entries<Json>(some).map(([id, body]) => ({ type, id, body })),
  );
}

export const labels: readonly Property[] = [
  {
    name: "every resource that takes labels says of which contract, environment and edge it is",
    facts: [],
    holds: (terraform, environment) => {
      for (const { type, id, body } of resources(terraform)) {
        if (!LABELLED.includes(type)) {
          expect(body, `${type}.${id}`).not.toHaveProperty("labels");
          continue;
        }
        const { "headgate-service": service, ...rest } = body.labels as Record<string, string>;
        expect(rest).toEqual({
          "headgate-contract": "reference",
          "headgate-environment": environment,
          ...(edgeOf(id) === "preview" && { "headgate-edge": "preview" }),
        });
        expect(service !== undefined).toBe(type === "google_cloud_run_v2_service");
      }
    },
  },
  {
    name: "every label is one that Google Cloud takes",
    facts: [],
    holds: (terraform) => {
      for (const { body } of resources(terraform))
        for (const label of Object.entries<string>(body.labels ?? {}).flat())
          expect(label).toMatch(/^[a-z0-9_-]{1,63}$/);
    },
  },
  {
    name: "every resource that takes a description says where it is from",
    facts: [],
    holds: (terraform, environment) => {
      for (const { type, id, body } of resources(terraform))
        expect(body.description, `${type}.${id}`).toBe(
          UNDESCRIBED.includes(type) ? undefined : `Headgate contract reference, environment ${environment}`,
        );
    },
  },
  {
    name: "every service account says whose it is",
    facts: [],
    holds: (terraform) => {
      const names = bodiesOf(terraform, "google_cloud_run_v2_service").map(({ name }) => `Cloud Run service ${name}`);
      expect(bodiesOf(terraform, "google_service_account").map((account) => account.display_name as string)).toEqual(
        names,
      );
    },
  },
];
