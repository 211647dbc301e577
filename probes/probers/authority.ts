import { isIPv6 } from "node:net";

/** A host as it stands in URLs and in `Host`: an IPv6 address in brackets (RFC 3986 §3.2.2), with the port where one is given. */
export function authorityOf(host: string, port?: number): string {
  const name = isIPv6(host) ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
