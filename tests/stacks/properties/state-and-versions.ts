import { homedir, tmpdir } from "node:os";
import { expect } from "vitest";
import type { Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { REGION } from "./reference-system.ts";
import { textsIn } from "./resources.ts";

const REFERENCE = /\$\{([a-z0-9_]+)\.([A-Za-z0-9_-]+)\.[a-z_]+(?:\[\d+\]\.[a-z]+)?\}/g;

/** Names that two resources of one type would fight for; regional and global ones have their own spaces. */
function namesByType(terraform: Json): [type: string, names: string[]][] {
  return Object.entries<Json>(terraform.resource).map(([type, resources]) => [
    type,
    Object.values<Json>(resources).flatMap(({ name }) => (typeof name === "string" ? [name] : [])),
  ]);
}

export const stateAndVersions: readonly Property[] = [
  {
    name: "the state is a file beside the project, by a relative path",
    facts: [],
    holds: (terraform, environment) => {
      expect(terraform.terraform.backend).toEqual({ local: { path: `../../../terraform.${environment}.tfstate` } });
    },
  },
  {
    name: "Terraform knows `terraform.applying`",
    facts: [],
    holds: (terraform) => expect(terraform.terraform.required_version).toBe(">= 1.10.0"),
  },
  {
    name: "the provider is pinned to one version: the next major one changes defaults on the header path",
    facts: ["U10"],
    holds: (terraform) => {
      expect(terraform.terraform.required_providers).toEqual({ google: { source: "google", version: "6.50.0" } });
    },
  },
  {
    name: "the provider works in the environment's project and region",
    facts: ["S8"],
    holds: (terraform, environment) => {
      expect(terraform.provider).toEqual({ google: [{ project: `example-${environment}`, region: REGION }] });
    },
  },
  {
    name: "no text is a path of the machine that made it",
    facts: [],
    holds: (terraform) => {
      const places = [process.cwd(), homedir(), tmpdir()];
      expect(textsIn(terraform).filter((text) => places.some((place) => text.includes(place)))).toEqual([]);
      expect(
        textsIn(terraform).filter((text) => /^(file:|[A-Za-z]:\\|\/(home|root|Users|tmp|var|work)\/)/.test(text)),
      ).toEqual([]);
    },
  },
  {
    name: "every reference leads to a resource that is there",
    facts: [],
    holds: (terraform) => {
      const referenced = [...JSON.stringify([terraform.resource, terraform.output]).matchAll(REFERENCE)];
      expect(referenced.length).toBeGreaterThan(0);
      const dangling = referenced.filter(([, type, id]) => terraform.resource[type!]?.[id!] === undefined);
      expect(dangling.map(([text]) => text)).toEqual([]);
    },
  },
  {
    name: "every name is one that Google Cloud takes",
    facts: [],
    holds: (terraform) => {
      for (const [type, names] of namesByType(terraform)) {
        const longest = type === "google_cloud_run_v2_service" ? 49 : 63;
        if (type === "google_dns_record_set") continue;
        for (const name of names) {
          expect(name).toMatch(/^[a-z]([a-z0-9-]*[a-z0-9])?$/);
          expect(name.length).toBeLessThanOrEqual(longest);
        }
      }
    },
  },
  {
    name: "no two resources of a type have the same name",
    facts: [],
    holds: (terraform) => {
      for (const [type, names] of namesByType(terraform))
        if (type !== "google_dns_record_set") expect(new Set(names).size, type).toBe(names.length);
    },
  },
  {
    name: "nothing repeats itself by count, for_each or a dynamic block, which a reader of the file could not follow",
    facts: [],
    holds: (terraform) => {
      for (const resources of Object.values<Json>(terraform.resource))
        for (const body of Object.values<Json>(resources))
          for (const key of ["count", "for_each", "dynamic", "provisioner"]) expect(body).not.toHaveProperty(key);
    },
  },
];
