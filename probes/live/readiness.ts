import type { EdgeAt } from "../facts/target.ts";
import { dnsOf } from "./dns-state.ts";
import type { DnsState, ResolverOptions, WantedAddresses } from "./dns-state.ts";
import { tlsOf } from "./tls-state.ts";
import type { TlsState } from "./tls-state.ts";

export type { DnsState, ResolverOptions, WantedAddresses } from "./dns-state.ts";
export type { TlsState } from "./tls-state.ts";

/** Whether clients can come to a host, and in one line what a person has to do, or wait for. */
export interface HostReadiness {
  readonly host: string;
  readonly dns: DnsState;
  readonly tls: TlsState;
  readonly detail: string;
}

/**
 * DNS and certificate of each host of an edge. Names are not asked for where the edge is pinned and no address is wanted
 * of them. The handshake goes to the pinned address, else to the wanted one, else to where the name leads, and is verified
 * against the real name.
 */
export function readiness(
  edge: Omit<EdgeAt, "stamp">,
  wanted: WantedAddresses,
  resolver: ResolverOptions,
  signal: AbortSignal,
): Promise<HostReadiness[]> {
  const isAsked = edge.pinned === undefined || wanted.ipv4 !== undefined || wanted.ipv6 !== undefined;
  return Promise.all(
    [...new Set(edge.hosts)].map(async (host) => {
      const [dns, tls] = await Promise.all([
        isAsked ? dnsOf(host, wanted, resolver, signal) : NOT_ASKED,
        tlsOf(host, metAt(edge, wanted), signal),
      ]);
      const details = [dns, tls].flatMap(({ detail }) => detail ?? []);
      const detail = details.length === 0 ? `${host} is ready` : details.join("; ");
      return { host, dns: dns.state, tls: tls.state, detail };
    }),
  );
}

const NOT_ASKED: { readonly state: DnsState; readonly detail?: string } = { state: "not-asked" };

function metAt(edge: Omit<EdgeAt, "stamp">, { ipv4, ipv6 }: WantedAddresses): Omit<EdgeAt, "stamp"> {
  const address = ipv4 ?? ipv6;
  if (edge.pinned !== undefined || address === undefined) return edge;
  return { ...edge, pinned: { scheme: "https", address, port: 443 } };
}
