import type { Provenance, Unknown } from "../facts/provenance.ts";
import type { ResourceGraph } from "../terraform/graph.ts";

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

/** What is no resource of a known type may make resources of any. */
function mayMake(address: string, types: RegExp): boolean {
  const type = /(?:^|\.)((?:google|aws|azurerm|random|null|tls|local|kubernetes|helm)_\w+)/.exec(address)?.[1];
  return type === undefined || types.test(type);
}
