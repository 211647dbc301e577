import type { ClientCertificate, Endpoint, ForwardProxy } from "../facts/case.ts";
import type { Target } from "../facts/target.ts";

/** How connections to a running edge are made, besides where to. */
export interface Transport {
  /** Shown to an edge that asks for a client certificate. */
  readonly client?: ClientCertificate;
  readonly proxy?: ForwardProxy;
  /** Names that are reached without the proxy: `NO_PROXY` as it is written. */
  readonly noProxy?: string;
}

/** The target with every connection made in this way. */
export function withTransport(target: Target, transport: Transport): Target {
  const dress = (endpoint: Endpoint): Endpoint => ({ ...endpoint, ...transportOf(endpoint, transport) });
  return {
    ...target,
    endpointFor: (planned) => dress(target.endpointFor(planned)),
    controlLegs: target.controlLegs.map((leg) => ({ ...leg, endpoint: dress(leg.endpoint) })),
  };
}

function transportOf(endpoint: Endpoint, transport: Transport): Pick<Endpoint, "client" | "proxy"> {
  if (endpoint.scheme === "http") return {};
  const { client, proxy, noProxy = "" } = transport;
  const isDirect = [endpoint.host, endpoint.address].some((name) => isExempt(name, noProxy));
  return { ...(client !== undefined && { client }), ...(proxy !== undefined && !isDirect && { proxy }) };
}

/** A name that the list holds, or that is below one of its names; `*` is all. A loopback is never behind a proxy. */
function isExempt(name: string, list: string): boolean {
  const lower = name.toLowerCase();
  if (lower === "localhost" || lower === "::1" || /^127(\.\d+){3}$/.test(lower)) return true;
  const entries = list.split(",").map((entry) =>
    entry
      .trim()
      .toLowerCase()
      .replace(/^\*?\./, ""),
  );
  return entries.some((entry) => entry === "*" || (entry !== "" && (lower === entry || lower.endsWith(`.${entry}`))));
}
