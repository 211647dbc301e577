import type { Provenance, Unknown } from "../facts/provenance.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { touchesRequests } from "./header-path.ts";

/**
 * Why it is not certain that a configuration holds no more resources of a type than were read: a module that is not
 * there, a block that cannot be read. What follows from absence alone then holds only if nothing of it is behind that.
 */
export function mayHoldMore(graph: ResourceGraph, types: RegExp, what: string, by: Provenance): Unknown[] {
  const [hiding] = graph.unknowns.filter(({ by: { address } }) => mayMake(address, types));
  if (hiding === undefined) return [];
  const where = hiding.by.address === "" ? "the configuration" : hiding.by.address;
  const reason = `${what}, as far as this configuration is read: ${where} ${hiding.reason}`;
  return [{ kind: "unknown", reason, affects: "refusal", by }];
}

/**
 * Whether a part of a configuration that is not read may hold what a request meets. Resources of which only the number is
 * not known are of a type that is.
 */
export function mayMeetRequests({ by: { address } }: Unknown): boolean {
  const type = typeOf(address);
  return type === undefined || touchesRequests(type);
}

/** What is no resource may make resources of any type. */
function mayMake(address: string, types: RegExp): boolean {
  const type = typeOf(address);
  return type === undefined || types.test(type);
}

/** The type in `module.edge["a"].google_compute_url_map.main`; undefined for what is no resource. */
function typeOf(address: string): string | undefined {
  const within = address.replace(/\[[^\]]*\]/g, "").replace(/^(?:module\.[^.]+(?:\.|$))*/, "");
  return /^(?:data\.)?([a-z][a-z0-9]*_\w+)\.[^.]+$/.exec(within)?.[1];
}
