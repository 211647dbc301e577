import type { HeaderLine } from "../../http/header-list.ts";
import type { EdgeRequest, Trace, TracedHeader } from "../../probes/facts/trace.ts";
import { HOST } from "./edge-fixture.ts";

export const HANDSHAKE: readonly HeaderLine[] = [
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade"],
  ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ["Sec-WebSocket-Version", "13"],
];

export const TRACE_ID = "0123456789abcdef0123456789abcdef";

/** A request by the HTTPS listener: a GET, or the opening handshake of a WebSocket with the lines it needs. */
export function edgeRequest(
  protocol: "http" | "websocket",
  lines: readonly HeaderLine[] = [],
  more: Partial<EdgeRequest> = {},
): EdgeRequest {
  return {
    scheme: "https",
    method: "GET",
    target: "/ws",
    headers: [["Host", HOST], ...(protocol === "websocket" ? HANDSHAKE : []), ...lines],
    clientAddress: "198.51.100.7",
    edgeAddress: "203.0.113.9",
    traceId: TRACE_ID,
    ...more,
  };
}

/** What the trace says of one header name. */
export function traced(trace: Trace, name: string): TracedHeader | undefined {
  return trace.headers.find((header) => header.name === name.toLowerCase());
}

/** Values that the service receives under a name. */
export function arriving(trace: Trace, name: string): string[] {
  return (trace.forward?.headers ?? []).filter(([own]) => own === name.toLowerCase()).map(([, value]) => value);
}
