import type { Unknown } from "../facts/provenance.ts";
import { asString, asStrings, attribute } from "../terraform/graph.ts";
import type { Maybe, Value } from "../terraform/graph.ts";

/** Ports from the first to the last, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Stands for ports that cannot be read. */
const ANY: readonly PortRange[] = [{ first: 0, last: 0 }];

/** Ports of a forwarding rule: `443`, `443-443`, `8080-8090`, a list, or all. */
export function portsOf(rule: Value, unknowns: Unknown[]): readonly PortRange[] {
  const all = attribute(rule, "all_ports");
  if (all?.kind === "literal" && String(all.value) === "true") return [{ first: 1, last: 65535 }];
  const written = attribute(rule, "port_range");
  const list = attribute(rule, "ports");
  if (written === undefined && list !== undefined) {
    const texts = asStrings(list);
    if (texts.kind === "known" && texts.value.length > 0) return texts.value.flatMap((text) => rangeOf(text, unknowns));
  }
  if (written !== undefined) return rangeOf(asString(written), unknowns);
  unknowns.push({ kind: "unknown", reason: "has no port_range that can be read", by: rule.by });
  return ANY;
}

function rangeOf(text: Maybe<string>, unknowns: Unknown[]): readonly PortRange[] {
  if (text.kind === "unknown") {
    unknowns.push(text);
    return ANY;
  }
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.value) ?? [];
  if (first !== "") return [{ first: Number(first), last: Number(last) }];
  unknowns.push({ kind: "unknown", reason: `is no port or range of ports: ${text.value}`, by: text.by });
  return ANY;
}
