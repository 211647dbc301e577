/**
 * Names that describe one connection and that the target proxy never forwards (fact H5; RFC 9110
 * §7.6.1). Google's page spells `Trailers`, the field is `Trailer`: both are here.
 */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "trailers",
  "transfer-encoding",
  "upgrade",
]);

/** True for a name of {@link HOP_BY_HOP}, in any case. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name.toLowerCase());
}
