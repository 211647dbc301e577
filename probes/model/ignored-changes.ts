import type { Value } from "../terraform/graph.ts";
import type { BlockAttributes } from "./attribute-kinds.ts";
import { RUN_ATTRIBUTES } from "./attributes-run.ts";

/** Blocks inside of a Cloud Run service: deployments often replace the image behind Terraform's back. */
const INSIDE: Readonly<Record<string, BlockAttributes>> = {
  template: RUN_ATTRIBUTES.template,
  "template.containers": RUN_ATTRIBUTES.container,
  "template.spec": RUN_ATTRIBUTES.runV1Spec,
  "template.spec.containers": RUN_ATTRIBUTES.runV1Container,
};

/** True for an entry of `ignore_changes` that names an attribute of no effect on requests. */
export function ignoresInert(entry: Value, outer: BlockAttributes): boolean {
  const path = pathOf(entry);
  if (path === undefined) return false;
  const segments = path.replace(/\[[^\]]*\]/g, "").split(".");
  const [first = ""] = segments;
  if (outer.inert.includes(first)) return true;
  const parents = segments.slice(0, -1).join(".");
  return INSIDE[parents]?.inert.includes(segments.at(-1)!) === true;
}

/** The path as it is written: a text in JSON, a traversal in HCL. */
function pathOf(entry: Value): string | undefined {
  if (entry.kind === "literal" && typeof entry.value === "string") return entry.value;
  const written = entry.kind === "unknown" || entry.kind === "template" ? entry.expression : undefined;
  if (written !== undefined) return written.replace(/^\$\{(.*)\}$/, "$1");
  return entry.kind === "reference" ? `${entry.address}.${entry.attribute}` : undefined;
}
