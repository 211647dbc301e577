import { harmlessJson } from "./json.ts";
import type { TraceDocument } from "./trace-schema.ts";

/** A trace as JSON, `headgate-trace/1`; credentials stand as fingerprints unless they were asked for. */
export function renderTraceJson(document: TraceDocument): string {
  return `${harmlessJson(JSON.stringify(document, null, 2))}\n`;
}

/** A trace as one line of JSON, with the id that the request had. */
export function renderTraceLine(document: TraceDocument & { readonly id: string | number | undefined }): string {
  return `${harmlessJson(JSON.stringify(document))}\n`;
}
