import type { EdgeModel, Listener } from "../../model/edge-model.ts";
import type { UrlMap } from "../../model/url-map.ts";

/** A URL map, and the listeners that take TLS connections for it. */
export interface SecureMap {
  readonly map: UrlMap;
  readonly listeners: readonly Listener[];
}

/** The maps that are met over TLS. One of which it is not said by which certificates is left out: others hold them. */
export function listenersByMap(edges: readonly EdgeModel[]): SecureMap[] {
  const found = new Map<string, { map: UrlMap; listeners: Listener[] }>();
  for (const listener of edges.flatMap(({ listeners }) => listeners)) {
    const { urlMap, scheme, certificates, unreadCertificates, implied } = listener;
    if ("reason" in urlMap || scheme !== "https") continue;
    if (implied && certificates.length + unreadCertificates.length === 0) continue;
    const own = found.get(urlMap.address) ?? { map: urlMap, listeners: [] };
    own.listeners.push(listener);
    found.set(urlMap.address, own);
  }
  return [...found.values()];
}
