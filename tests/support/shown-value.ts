import type { Value } from "../../probes/terraform/graph.ts";

/** A value of a graph as plain data, short enough to compare: references as `→address.attribute`, unknowns as `?reason`. */
export function shown(value: Value): unknown {
  switch (value.kind) {
    case "object":
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, shown(entry)]));
    case "list":
      return value.items.map(shown);
    case "literal":
      return value.value;
    case "reference":
      return `→${value.address}${value.attribute === "" ? "" : `.${value.attribute}`}`;
    case "template":
      return value.expression;
    case "unknown":
      return `?${value.reason}`;
  }
}
