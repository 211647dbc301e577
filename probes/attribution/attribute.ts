import type { Act } from "../facts/provenance.ts";
import type { Cell } from "../facts/result.ts";
import type { Trace } from "../facts/trace.ts";

/**
 * Adds to a failing cell the configuration that is responsible, as far as the trace knows it. Never changes a state.
 */
export function attribute(cell: Cell, trace: Trace): Cell {
  if (cell.state !== "fail") return cell;
  return { ...cell, by: cell.header === null ? requestActs(trace) : headerActs(cell.header, cell, trace) };
}

/** The line that answered in place of the service, else the line that routed the request. */
function requestActs(trace: Trace): Act[] {
  if (trace.answer !== undefined) return [trace.answer.by];
  return trace.matchedBy === undefined ? [] : [trace.matchedBy];
}

/** The last act first: it had the last word. */
function headerActs(name: string, { arrives }: Cell, trace: Trace): Act[] {
  const traced = trace.headers.find((header) => header.name === name.toLowerCase());
  if (arrives === "set" && traced?.state === "same" && trace.matchedBy !== undefined) {
    return [{ ...trace.matchedBy, effect: "sends the request on, and no level sets the header" }];
  }
  return [...(traced?.by ?? [])].reverse();
}
