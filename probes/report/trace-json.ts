import type { TraceDocument } from "./trace-schema.ts";

/** A trace as JSON, `headgate-trace/1`; credentials stand as fingerprints unless they were asked for. */
export function renderTraceJson(document: TraceDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
