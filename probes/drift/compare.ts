import type { Applied, Difference, NotCompared } from "../facts/drift.ts";
import type { Provenance } from "../facts/provenance.ts";
import { onHeaderPath } from "../model/header-path.ts";
import { knownText } from "../terraform/graph.ts";
import type { Resource, ResourceGraph } from "../terraform/graph.ts";
import { compareBlock } from "./compare-values.ts";
import type { Walk } from "./compare-values.ts";
import { asTerraform, nameOf } from "./live-values.ts";

/** What runs of the resources of one Terraform type; or why that is not known. */
export type LiveType =
  | { readonly state: "listed"; readonly resources: readonly Readonly<Record<string, unknown>>[] }
  | { readonly state: "unknown"; readonly reason: string };

export interface Compared {
  readonly applied: Applied;
  readonly compared: number;
  readonly missing: readonly Provenance[];
  readonly differences: readonly Difference[];
  readonly notCompared: readonly NotCompared[];
  /** Types of the configuration that nobody asked about: they are in no list. */
  readonly notLookedAt: readonly string[];
}

/** What the providers write in a resource and no API knows of. */
const TERRAFORMS_OWN = new Set([
  ...["depends_on", "lifecycle", "provider", "provisioner", "connection", "count", "for_each", "timeouts"],
  ...["deletion_protection", "deletion_policy", "project", "region", "location", "name", "client"],
]);

/** The resources of a configuration, each against the one of its name that runs. */
export function compareLive(graph: ResourceGraph, live: ReadonlyMap<string, LiveType>): Compared {
  const found = { missing: [] as Provenance[], differences: [] as Difference[], notCompared: [] as NotCompared[] };
  let compared = 0;
  for (const resource of graph.resources.values()) {
    const own = live.get(resource.type);
    if (own === undefined) continue;
    const name = knownText(resource.body.entries.get("name"));
    if (own.state === "unknown" || name === undefined) {
      const reason = own.state === "unknown" ? own.reason : "has no name that can be read";
      found.notCompared.push({ what: resource.address, reason });
      continue;
    }
    const running = own.resources.find((each) => nameOf(String(each["name"])) === name);
    compared++;
    if (running === undefined) found.missing.push(resource.body.by);
    else compareOne({ graph, resource, differences: [], notCompared: found.notCompared }, running, found.differences);
  }
  const types = new Set([...graph.resources.values()].map(({ type }) => type));
  const notLookedAt = [...types].filter((type) => !live.has(type)).sort();
  return { applied: appliedOf(compared, found), compared, ...found, notLookedAt };
}

function compareOne(walk: Walk, running: Readonly<Record<string, unknown>>, differences: Difference[]): void {
  const { resource } = walk;
  const entries = new Map([...resource.body.entries].filter(([key]) => !TERRAFORMS_OWN.has(key)));
  const live = asTerraform(running) as Record<string, unknown>;
  // Of the first level what only the API writes: a resource has many attributes that nobody configures.
  const known = Object.entries(live).filter(
    ([key]) => entries.has(key) || (!TERRAFORMS_OWN.has(key) && onHeaderPath(resource.type, [key]).length > 0),
  );
  compareBlock(walk, "", { ...resource.body, entries }, Object.fromEntries(known));
  for (const difference of walk.differences)
    differences.push({ ...difference, onPath: isOnPath(resource, difference) });
}

function isOnPath({ type }: Resource, { attribute }: Pick<Difference, "attribute">): boolean {
  const first = /^[a-z0-9_]+/.exec(attribute)?.[0] ?? attribute;
  const isText = /(^|\.)(description|labels|annotations|effective_labels)(\.|$)/.test(attribute);
  return !isText && onHeaderPath(type, [first]).length > 0;
}

function appliedOf(
  compared: number,
  { missing, differences }: { readonly missing: readonly unknown[]; readonly differences: readonly unknown[] },
): Applied {
  if (compared === 0) return "unknown";
  if (missing.length === compared) return "never";
  if (missing.length > 0) return "partly";
  return differences.length > 0 ? "other" : "yes";
}
