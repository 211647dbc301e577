import type { Subject } from "../define-rule.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { UrlMap } from "../../../model/url-map.ts";
import { socketWays } from "../sockets.ts";
import type { SocketWay } from "../sockets.ts";

export const socketRouteRedirected = defineStaticRule({
  id: "socket-route-redirected",
  title: "a WebSocket handshake is answered with a redirect",
  severity: "error",
  found: "run",
  because: "Browsers do not follow a redirect of a handshake: the socket never opens.",
  fix: "Send the path to its backend service, and let clients ask for the final URL.",
  sources: ["U21"],
  check: (subject) =>
    socketWays(subject).flatMap((way) => {
      const { destination } = way.route;
      if (destination.kind !== "redirect" || (destination.https && isPlain(way.map, subject))) return [];
      return [found(destination.by, `a handshake for ${way.path} is redirected`, { severity: severityOf(way) })];
    }),
});

/** What sends plain HTTP on to HTTPS is as it should be, with sockets that are opened by `wss:`. */
function isPlain({ address }: UrlMap, { edges }: Subject): boolean {
  const listeners = edges.flatMap((edge) => edge.listeners);
  const own = listeners.filter(({ urlMap }) => !("reason" in urlMap) && urlMap.address === address);
  return own.every(({ scheme, implied }) => scheme === "http" && !implied);
}

/** Other clients than browsers may follow one. */
function severityOf({ clients }: SocketWay): "error" | "warning" {
  return clients?.includes("browser") === true ? "error" : "warning";
}
