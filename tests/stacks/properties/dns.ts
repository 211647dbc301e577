import { expect } from "vitest";
import type { Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { hostsIn } from "./reference-system.ts";
import { bodiesOf, entriesOf, reference, theOne } from "./resources.ts";

const RECORD = "google_dns_record_set";

/** Address of one family on the public edge, as records hold it. */
export function addressOf(terraform: Json, version: "IPV4" | "IPV6", edge: "public" | "preview" = "public"): string {
  const addresses = entriesOf(terraform, "google_compute_global_address", edge);
  return reference(
    "google_compute_global_address",
    theOne(addresses, (_, body) => body.ip_version === version)[0],
    "address",
  );
}

/** Name, type and data of the record that authorizes the certificate of one host. */
export function authorizationOf(terraform: Json, host: string): { name: string; type: string; data: string } {
  const type = "google_certificate_manager_dns_authorization";
  const [id] = theOne(entriesOf(terraform, type), (_, { domain }) => domain === host);
  const part = (attribute: string): string => reference(type, id, `dns_resource_record[0].${attribute}`);
  return { name: part("name"), type: part("type"), data: part("data") };
}

export const dns: readonly Property[] = [
  {
    name: "names that somebody else owns get no record",
    facts: [],
    holds: (terraform, environment) => {
      if (environment === "staging") expect(entriesOf(terraform, RECORD)).toEqual([]);
    },
  },
  {
    name: "each host has a record for each family of addresses, and one that authorizes its certificate",
    facts: [],
    holds: (terraform, environment) => {
      if (environment === "staging") return;
      const records = bodiesOf(terraform, RECORD).map(({ name, type, rrdatas }) => ({ name, type, rrdatas }));
      const expected = hostsIn(environment).flatMap((host) => {
        const { data, ...authorization } = authorizationOf(terraform, host);
        return [
          { name: `${host}.`, type: "A", rrdatas: [addressOf(terraform, "IPV4")] },
          { name: `${host}.`, type: "AAAA", rrdatas: [addressOf(terraform, "IPV6")] },
          { ...authorization, rrdatas: [data] },
        ];
      });
      expect(records).toHaveLength(expected.length);
      expect(records).toEqual(expect.arrayContaining(expected));
    },
  },
  {
    name: "every record stands in the declared zone and may be kept for five minutes",
    facts: [],
    holds: (terraform) => {
      for (const { managed_zone: zone, ttl } of bodiesOf(terraform, RECORD))
        expect({ zone, ttl }).toEqual({ zone: "example-com", ttl: 300 });
    },
  },
  {
    name: "the preview edge has no names",
    facts: [],
    holds: (terraform) => expect(JSON.stringify(terraform.resource[RECORD] ?? {})).not.toContain("preview_"),
  },
];
