import { editDistance, nearest } from "../../../../contract/problem.ts";
import type { Change } from "../../../facts/finding.ts";
import type { ResourceGraph } from "../../../terraform/graph.ts";
import { CUSTOM_HEADER_LISTS } from "../backend-service/regional-custom-headers.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said } from "../define-rule.ts";
import { URL_MAPS } from "../reading.ts";
import { isHeaderActionWithoutPlace } from "../url-map/header-action-without-place.ts";
import { SCHEMA_VERSION, entryOf, schemaOf } from "../provider-schema.ts";
import type { SchemaBlock } from "../provider-schema.ts";
import { namesOfAnyVersion, schemaArguments, versionOf } from "../schema-walk.ts";
import type { SchemaArgument } from "../schema-walk.ts";

/** Letters that a slip of the finger adds, leaves out or changes. */
const SLIP = 2;

/** Terraform's own, in the outermost block of a resource. */
const OF_TERRAFORM = ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

export const unknownArgument = defineStaticRule({
  id: "unknown-argument",
  title: "a block holds an argument or a block that the provider does not have there",
  severity: "error",
  found: "validate",
  because: "Terraform refuses the whole configuration, and what the name was meant to do was never done.",
  fix: "Write the name that the provider has at this place, or move the block to where it belongs.",
  sources: ["T1"],
  check: ({ graph }) => schemaArguments(graph).flatMap((argument) => said(graph, argument)),
});

function said(graph: ResourceGraph, argument: SchemaArgument): Said[] {
  const { name, place, resource, entry } = argument;
  if (entry !== undefined || name === "dynamic" || isSpokenOf(argument)) return [];
  if (place === resource.type && OF_TERRAFORM.includes(name)) return [];
  const others = namesOfAnyVersion(place);
  if (others?.includes(name) === true) return [];
  const { by } = argument.argument;
  if (others === undefined && versionOf(graph, resource) !== "known") {
    const reason = `is ${name}, which version ${SCHEMA_VERSION} of the provider does not have; a later one may`;
    return [{ kind: "unknown", reason, by }];
  }
  const where = place.split(" ").slice(1).join(".");
  const title = `${resource.address} has no ${name}${where === "" ? "" : ` in ${where}`}${meant(argument)}`;
  return [found(by, title, { remedy: renaming(argument) })];
}

/** A slip of the finger is mended by the name that was meant, where that is not written as well. */
function renaming({ name, schema, value, argument }: SchemaArgument): readonly Change[] {
  const near = nearest(name, Object.keys(schema));
  if (near === undefined || value.entries.has(near) || editDistance(name, near) > SLIP) return [];
  const isPlain = argument.kind === "literal" && entryOf(schema, near)?.kind === "attribute";
  return isPlain ? [{ kind: "rename", at: argument.by, name: near }] : [];
}

/** Names of which a rule of their own says more. */
function isSpokenOf({ place, name }: SchemaArgument): boolean {
  const [type = "", ...path] = place.split(" ");
  if (type === "google_compute_region_backend_service")
    return path.length === 0 && CUSTOM_HEADER_LISTS.some((each) => each === name);
  return URL_MAPS.some((each) => each === type) && isHeaderActionWithoutPlace(path.at(-1) ?? "", name);
}

/** The blocks of the resource that have such a name, else the name that was likely meant. */
function meant({ name, place, schema, resource }: SchemaArgument): string {
  const own = place.split(" ").slice(1).join(".");
  const elsewhere = blocksWith(name, schemaOf(resource.type)!).filter((path) => path !== own);
  if (elsewhere.length > 0) return `; it belongs in ${elsewhere.slice(0, 2).map(shown).join(" or ")}`;
  const near = nearest(name, Object.keys(schema));
  return near === undefined ? "" : `; did you mean ${near}?`;
}

/** The shortest paths first, `""` for the outermost block. */
function blocksWith(name: string, block: SchemaBlock, path = ""): string[] {
  const inner = Object.keys(block).flatMap((key) => {
    const entry = entryOf(block, key);
    return entry?.kind === "block" ? blocksWith(name, entry.inner, path === "" ? key : `${path}.${key}`) : [];
  });
  const own = entryOf(block, name) === undefined ? [] : [path];
  return [...own, ...inner].sort((a, b) => a.split(".").length - b.split(".").length);
}

function shown(path: string): string {
  return path === "" ? "the resource itself" : path;
}
