import { expect } from "vitest";
import type { Json } from "../../support/reference.ts";
import { addressOf, authorizationOf } from "./dns.ts";
import type { Property } from "./property.ts";
import { SERVICE_IDS, hostsIn } from "./reference-system.ts";

const value = (terraform: Json, id: string): Json => terraform.output[id]?.value;

export const outputs: readonly Property[] = [
  {
    name: "there is every output that a person needs, by a name that can be typed, and no other",
    facts: [],
    holds: (terraform, environment) => {
      const preview = environment === "production" ? ["preview-addresses", "preview-token"] : [];
      expect(Object.keys(terraform.output as object).sort()).toEqual(
        ["addresses", "dns-records", "generations", "stamp", "urls", ...preview].sort(),
      );
    },
  },
  {
    name: "each output says what it is",
    facts: [],
    holds: (terraform) => {
      for (const { description } of Object.values<Json>(terraform.output)) expect(description).toMatch(/^[A-Z].{10,}$/);
    },
  },
  {
    name: "the URLs are those of the hosts",
    facts: [],
    holds: (terraform, environment) => {
      expect(value(terraform, "urls")).toEqual(hostsIn(environment).map((host) => `https://${host}`));
    },
  },
  {
    name: "the addresses are those of the public edge",
    facts: [],
    holds: (terraform) => {
      expect(value(terraform, "addresses")).toEqual({
        ipv4: addressOf(terraform, "IPV4"),
        ipv6: addressOf(terraform, "IPV6"),
      });
    },
  },
  {
    name: "the records to create are those of every host, and of every certificate that needs one",
    facts: [],
    holds: (terraform, environment) => {
      const hosts = hostsIn(environment);
      expect(value(terraform, "dns-records")).toEqual([
        ...hosts.flatMap((host) => [
          { name: `${host}.`, type: "A", data: addressOf(terraform, "IPV4") },
          { name: `${host}.`, type: "AAAA", data: addressOf(terraform, "IPV6") },
        ]),
        ...(environment === "production" ? hosts.map((host) => authorizationOf(terraform, host)) : []),
      ]);
    },
  },
  {
    name: "there is a generation for each service",
    facts: [],
    holds: (terraform) => {
      const generations = value(terraform, "generations") as Record<string, string>;
      expect(Object.keys(generations).sort()).toEqual([...SERVICE_IDS].sort());
      for (const generation of Object.values(generations)) expect(generation).toMatch(/^[0-9a-f]{8}$/);
    },
  },
  {
    name: "only what opens the preview edge is sensitive",
    facts: [],
    holds: (terraform) => {
      const sensitive = Object.entries<Json>(terraform.output).filter(([, output]) => output.sensitive !== undefined);
      expect(sensitive.map(([id, output]) => [id, output.sensitive])).toEqual(
        terraform.output["preview-token"] === undefined ? [] : [["preview-token", true]],
      );
    },
  },
];
