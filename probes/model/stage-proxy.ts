import { firstValue } from "../../http/header-list.ts";
import { HOP_BY_HOP } from "../../http/hop-by-hop.ts";
import type { Act, Provenance } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { HeaderFlow } from "./flow.ts";

/** What the target proxy itself drops, regenerates and adds (facts H1-H6). */
export function applyProxy(flow: HeaderFlow, request: EdgeRequest, upgrade: boolean, by: Provenance): void {
  const act = (effect: string, fact: string): Act => ({ ...by, effect, fact });
  const chunked = firstValue(request.headers, "transfer-encoding");
  for (const name of HOP_BY_HOP) flow.remove(name, act("does not forward a hop-by-hop header", "H5"));
  if (upgrade) {
    flow.append("upgrade", "websocket", act("regenerates the upgrade", "H6"));
    flow.append("connection", "Upgrade", act("regenerates the upgrade", "H6"));
  }
  // The framing of the body is this hop's own: a chunked body stays chunked (RFC 9112 §6.1).
  if (chunked !== undefined) flow.append("transfer-encoding", "chunked", act("frames the body anew", "H5"));
  flow.append("via", "1.1 google", act("adds itself", "H1"));
  if (!flow.isWritten("x-forwarded-proto"))
    flow.replace("x-forwarded-proto", request.scheme, act("states the listener's scheme", "H2"));
  if (!flow.isWritten("x-forwarded-for")) {
    const supplied = flow.values("x-forwarded-for");
    const value = [...supplied, request.clientAddress, request.edgeAddress].join(",");
    flow.replace("x-forwarded-for", value, act("appends the client's and its own address", "H3"));
  }
  addTraceContext(flow, request, act("adds a trace context, if there is none", "H4"));
}

/** What the front end of Cloud Run adds on the last hop (fact R8). */
export function applyRunFront(flow: HeaderFlow, request: EdgeRequest, by: Provenance): void {
  const act: Act = { ...by, effect: "is added by the front end of Cloud Run", fact: "R8" };
  flow.append("forwarded", `for="${request.clientAddress}";proto=${request.scheme}`, act);
  if (!flow.has("traceparent"))
    flow.append("traceparent", `00-${request.traceId}-${request.traceId.slice(0, 16)}-01`, act);
}

function addTraceContext(flow: HeaderFlow, request: EdgeRequest, act: Act): void {
  if (!flow.has("x-cloud-trace-context")) flow.append("x-cloud-trace-context", `${request.traceId}/1;o=1`, act);
}
