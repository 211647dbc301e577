import type { NamedPredicate } from "../../../model/url-map.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { addressesOf, socketWays } from "../sockets.ts";
import type { SocketWay } from "../sockets.ts";

/** What a browser sends by itself on a handshake, or lets the page choose (fact B1); what proxies write comes later. */
const BY_BROWSERS =
  /^(:authority|:method|host|origin|cookie|upgrade|connection|user-agent|accept-.*|cache-control|pragma|sec-.*)$/i;

export const socketRouteNeedsHeader = defineStaticRule({
  id: "socket-route-needs-header",
  title: "a socket's route asks for a header that no browser can send",
  severity: "error",
  found: "run",
  because:
    "A page chooses the URL and the subprotocols of a WebSocket and no other header, so that its handshake never meets such a rule and goes to another backend.",
  fix: "Match the path, a query parameter or `Sec-WebSocket-Protocol` in place of the header.",
  sources: ["B1", "U15"],
  check: (subject) => {
    const ways = socketWays(subject).filter(({ clients }) => clients?.includes("browser") ?? true);
    return ways.flatMap((way) => (isLost(way, ways) ? outOfReach(way).map((header) => finding(way, header)) : []));
  },
});

function outOfReach({ match }: SocketWay): readonly NamedPredicate[] {
  // One that asks for the absence of a header is met by every browser.
  return (match?.headers ?? []).filter(({ name, inverted }) => !inverted && !BY_BROWSERS.test(name));
}

/** Where no other way of the path leads a browser to the same backends, or to a route of its own. */
function isLost(way: SocketWay, ways: readonly SocketWay[]): boolean {
  if (way.match?.path === undefined) return false;
  const others = ways.filter(
    (other) => other.matcher === way.matcher && other.path === way.path && outOfReach(other).length === 0,
  );
  const wanted = addressesOf(way.route).join();
  return !others.some((other) => other.match?.path !== undefined || addressesOf(other.route).join() === wanted);
}

/** Without a contract nobody says that browsers come here. */
function finding({ path, clients }: SocketWay, { name, by }: NamedPredicate) {
  return found(by, `${path} is routed by ${name}, which no browser can send on a handshake`, {
    severity: clients === undefined ? "warning" : "error",
  });
}
