import { attribute } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { SCHEMA_VERSION, entryOf } from "../provider-schema.ts";
import { schemaPlaces, versionOf } from "../schema-walk.ts";
import type { SchemaPlace } from "../schema-walk.ts";

export const missingArgument = defineStaticRule({
  id: "missing-argument",
  title: "a block lacks an argument that the provider asks for",
  severity: "error",
  found: "validate",
  because: "Terraform refuses the whole configuration; nothing of it is applied.",
  fix: "Write what is missing.",
  sources: ["T1"],
  check: ({ graph }) =>
    schemaPlaces(graph).flatMap((at) => {
      const missing = missingIn(at);
      if (missing.length === 0) return [];
      const path = at.place.split(" ").slice(1).join(".");
      const title = `${path === "" ? at.resource.address : `${path} of ${at.resource.address}`} needs ${missing.join(" and ")}`;
      if (versionOf(graph, at.resource) !== "newer") return [found(at.value.by, title)];
      const doubt = `${title}, as version ${SCHEMA_VERSION} of the provider has it`;
      return [found(at.value.by, doubt, { severity: "warning" })];
    }),
});

function missingIn({ value, schema }: SchemaPlace): string[] {
  // Blocks that are not written out may be among those.
  const isWhole = attribute(value, "dynamic") === undefined;
  return Object.keys(schema).filter((name) => {
    const entry = entryOf(schema, name);
    const isNeeded = entry?.kind === "attribute" ? entry.required : isWhole && (entry?.least ?? 0) > 0;
    // What is `null` is written, and to be looked at by the provider.
    return isNeeded && !value.entries.has(name);
  });
}
