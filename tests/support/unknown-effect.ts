import { expect } from "vitest";
import { buildEdgeModel } from "../../probes/model/build.ts";
import { traceRequest } from "../../probes/model/trace.ts";
import { FILE, edgeText, graphOf, smallEdge, valuePosition } from "./edge-fixture.ts";
import type { SmallEdge } from "./edge-fixture.ts";
import { edgeRequest } from "./edge-request.ts";

/** An expression that cannot be evaluated here. */
export const VARIABLE = "${var.it}";

/** What is written, and the place that the unknown must name. `at` ends behind the key of the value, or is the value. */
export type UnknownEffect = readonly [
  what: string,
  patch: (edge: SmallEdge) => unknown,
  address: string,
  attribute: string,
  at: string,
];

/** The request may not pass for answered, on either protocol, and the unknown names file, line and column. */
export function expectUnknownEffect([, patch, address, attribute, at]: UnknownEffect): void {
  const edge = smallEdge((small) => void patch(small));
  const model = buildEdgeModel(graphOf(edge));
  const place = { address, attribute, file: FILE, ...startOf(edgeText(edge), at) };
  for (const protocol of ["http", "websocket"] as const) {
    const trace = traceRequest(model, edgeRequest(protocol));
    const isOpen = trace.outcome === "unknown" || trace.headers.some(({ state }) => state === "unknown");
    expect(isOpen, trace.outcome).toBe(true);
    expect(trace.unknowns).toContainEqual(expect.objectContaining({ kind: "unknown", by: place }));
    for (const { reason } of trace.unknowns) expect(reason).not.toBe("");
  }
}

/** What no provider takes is a problem with its place, on either protocol, and has no effect. */
export function expectRefused([, patch, address, attribute, at]: UnknownEffect): void {
  const edge = smallEdge((small) => void patch(small));
  const place = { address, attribute, file: FILE, ...startOf(edgeText(edge), at) };
  for (const protocol of ["http", "websocket"] as const) {
    const trace = traceRequest(buildEdgeModel(graphOf(edge)), edgeRequest(protocol));
    expect(trace).toMatchObject({ outcome: "backend", unknowns: [] });
    expect(trace.problems).toContainEqual(expect.objectContaining({ found: "validate", by: place }));
  }
}

/** Start of the value, also where `"key": value` had to be given to be unique. */
function startOf(text: string, at: string): { line: number; column: number } {
  const { line, column } = valuePosition(text, at);
  const key = /^"[^"]+": (?=.)/.exec(at)?.[0];
  return { line, column: column + (key?.length ?? 0) };
}
