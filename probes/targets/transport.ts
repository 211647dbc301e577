import type { Endpoint } from "../facts/case.ts";
import type { Target, Transport } from "../facts/target.ts";

/** The target with every connection made in this way. */
export function withTransport(target: Target, transport: Transport): Target {
  const dress = (endpoint: Endpoint): Endpoint => dressed(endpoint, transport);
  return {
    ...target,
    endpointFor: (planned) => dress(target.endpointFor(planned)),
    controlLegs: target.controlLegs.map((leg) => ({ ...leg, endpoint: dress(leg.endpoint) })),
  };
}

/** The endpoint with its connections made in this way. */
export function dressed(endpoint: Endpoint, transport: Transport): Endpoint {
  if (endpoint.scheme === "http") return endpoint;
  const { client, proxy, noProxy = "" } = transport;
  const isDirect = [endpoint.host, endpoint.address].some((name) => isExempt(name, noProxy));
  return {
    ...endpoint,
    ...(client !== undefined && { client }),
    ...(proxy !== undefined && !isDirect && { proxy }),
  };
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
