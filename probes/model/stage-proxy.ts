import { firstValue } from "../../http/header-list.ts";
import { HOP_BY_HOP } from "../../http/hop-by-hop.ts";
import type { Provenance, StagedAct } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { HeaderFlow } from "./flow.ts";

/** What the target proxy itself drops, regenerates and adds (facts H1-H6). */
export function applyProxy(
  flow: HeaderFlow,
  request: EdgeRequest,
  upgrade: boolean,
  by: Provenance,
  asked: Oracle,
): void {
  const act = (effect: string, fact: string): StagedAct => ({ ...by, effect, fact, stage: "proxy" });
  const chunked = firstValue(request.headers, "transfer-encoding");
  for (const name of HOP_BY_HOP) flow.remove(name, act("does not forward a hop-by-hop header", "H5"));
  if (upgrade) {
    flow.append("upgrade", "websocket", act("regenerates the upgrade", "H6"));
    flow.append("connection", "Upgrade", act("regenerates the upgrade", "H6"));
  }
  // The framing of the body is this hop's own: a chunked body stays chunked (RFC 9112 §6.1).
  if (chunked !== undefined) flow.append("transfer-encoding", "chunked", act("frames the body anew", "H5"));
  if (adds("via", flow, asked)) flow.append("via", "1.1 google", act("adds itself", "H1"));
  if (adds("x-forwarded-proto", flow, asked)) {
    flow.replace("x-forwarded-proto", request.scheme, act("states the listener's scheme", "H2"));
  }
  if (adds("x-forwarded-for", flow, asked)) {
    const value = [...flow.values("x-forwarded-for"), request.clientAddress, request.edgeAddress].join(",");
    flow.replace("x-forwarded-for", value, act("appends the client's and its own address", "H3"));
  }
  if (!flow.has("x-cloud-trace-context") && adds("x-cloud-trace-context", flow, asked)) {
    flow.append(
      "x-cloud-trace-context",
      `${request.traceId}/1;o=1`,
      act("adds a trace context, if there is none", "H4"),
    );
  }
}

/** What the configuration writes it keeps (fact V9); what it removes the proxy may or may not have added before. */
function adds(name: string, flow: HeaderFlow, { assume }: Oracle): boolean {
  if (flow.isWritten(name) && name !== "via") return false;
  return !flow.isRemoved(name) || assume("removal-of-proxy-headers") === "added-after";
}

/** What the front end of Cloud Run adds on the last hop (fact R8). */
export function applyRunFront(flow: HeaderFlow, request: EdgeRequest, by: Provenance): void {
  const act: StagedAct = { ...by, effect: "is added by the front end of Cloud Run", fact: "R8", stage: "run-front" };
  flow.append("forwarded", `for="${request.clientAddress}";proto=${request.scheme}`, act);
  if (!flow.has("traceparent"))
    flow.append("traceparent", `00-${request.traceId}-${request.traceId.slice(0, 16)}-01`, act);
}
