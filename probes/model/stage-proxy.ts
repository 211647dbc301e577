import { firstValue } from "../../http/header-list.ts";
import { HOP_BY_HOP } from "../../http/hop-by-hop.ts";
import type { Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Product } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import { isUpgrade } from "./stage-front.ts";

export interface ProxyContext {
  readonly product: Product;
  readonly by: Provenance;
  readonly asked: Oracle;
}

/** What stands between two addresses of X-Forwarded-For (fact H3). */
const SEPARATOR: Readonly<Record<Product, string>> = { global: ",", classic: ", ", regional: ",", internal: "," };

/** Balancers whose table of headers lists X-Cloud-Trace-Context (fact H4). */
const TRACING: readonly Product[] = ["global", "classic"];

/** What the target proxy itself drops, regenerates and adds (facts H1-H6, H19). Everything else passes (facts H9, H10). */
export function applyProxy(flow: HeaderFlow, request: EdgeRequest, { product, by, asked }: ProxyContext): void {
  const act = (effect: string, fact: string): StagedAct => ({ ...by, effect, fact, stage: "proxy" });
  const upgrade = isUpgrade(request);
  const chunked = firstValue(flow.lines, "transfer-encoding") ?? firstValue(request.headers, "transfer-encoding");
  const dropped = act("does not forward a hop-by-hop header", "H5");
  for (const name of HOP_BY_HOP) flow.remove(name, dropped);
  if (upgrade) {
    flow.append("upgrade", "websocket", act("regenerates the upgrade", "H6"));
    flow.append("connection", "Upgrade", act("regenerates the upgrade", "H6"));
  } else if (product === "classic") flow.append("connection", "Keep-Alive", act("keeps its connection open", "H19"));
  // The framing of the body is this hop's own: a chunked body stays chunked (RFC 9112 §6.1).
  if (chunked !== undefined) flow.append("transfer-encoding", "chunked", act("frames the body anew", "H5"));
  if (adds("via", flow, asked)) flow.append("via", "1.1 google", act("adds itself", "H1"));
  if (adds("x-forwarded-proto", flow, asked))
    flow.beforeAppended("x-forwarded-proto", () =>
      flow.replace("x-forwarded-proto", request.scheme, act("states the listener's scheme", "H2")),
    );
  if (adds("x-forwarded-for", flow, asked))
    flow.beforeAppended("x-forwarded-for", () => {
      const all = [...flow.values("x-forwarded-for"), request.clientAddress, request.edgeAddress];
      const value = all.join(SEPARATOR[product]);
      flow.replace("x-forwarded-for", value, act("appends the client's and its own address", "H3"));
    });
  const traces = TRACING.includes(product) && !flow.has("x-cloud-trace-context");
  if (traces && adds("x-cloud-trace-context", flow, asked))
    addTraceContext(flow, request, act("adds a trace context, if there is none", "H4"));
}

function addTraceContext(flow: HeaderFlow, { traceId }: EdgeRequest, act: StagedAct): void {
  flow.append("x-cloud-trace-context", `${traceId}/1;o=1`, act);
}

/** What an internal balancer adds, the tables of headers do not say: they are of external ones (facts H1 to H4). */
export function untoldByProxy({ product, by }: ProxyContext): Unknown[] {
  if (product !== "internal") return [];
  return ["via", "x-forwarded-proto", "x-forwarded-for", "x-cloud-trace-context"].map((header) => ({
    kind: "unknown",
    reason: `whether an internal balancer writes ${header} is not among the facts (H1 to H4)`,
    affects: "headers",
    header,
    by,
  }));
}

/** What the configuration writes it keeps (fact V9); what it removes the proxy may or may not have added before. */
export function adds(name: string, flow: HeaderFlow, { assume }: Oracle): boolean {
  // What a broader level has wiped again is written no more.
  const isWiped = flow.isRemoved(name) && !flow.has(name);
  if (flow.isWritten(name) && !isWiped && !flow.isAppended(name) && name !== "via") return false;
  return !flow.isRemoved(name) || assume("removal-of-proxy-headers") === "added-after";
}

/** What the front end of Cloud Run adds on the last hop (facts R8, A49), by HTTP/1.1 whatever came in (fact R5). */
export function applyRunFront(flow: HeaderFlow, request: EdgeRequest, by: Provenance): void {
  const act: StagedAct = { ...by, effect: "is added by the front end of Cloud Run", fact: "R8", stage: "run-front" };
  flow.append("forwarded", `for="${request.clientAddress}";proto=${request.scheme}`, act);
  if (!flow.has("traceparent"))
    flow.append("traceparent", `00-${request.traceId}-${request.traceId.slice(0, 16)}-01`, act);
  if (!flow.has("x-cloud-trace-context")) addTraceContext(flow, request, act);
}
