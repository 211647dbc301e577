import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { addressesOf, socketWays } from "../sockets.ts";
import type { SocketWay } from "../sockets.ts";
import { backendsOf } from "../levels.ts";
import { deletesIt } from "../remedy.ts";

/** Longest request of Cloud Run, in milliseconds (fact R2). */
const LONGEST_MS = 3_600_000;

export const socketRouteTimeout = defineStaticRule({
  id: "socket-route-timeout",
  title: "a socket's route has a timeout that is shorter than its life",
  severity: "warning",
  found: "run",
  because: "No page says that the timeout of a route spares a socket that is open: it may be cut in the middle.",
  fix: "Take `timeout` out of this route: the request timeout of the service ends sockets by itself.",
  sources: ["U18", "R2", "Q14"],
  remedy: deletesIt,
  check: (subject) =>
    socketWays(subject).flatMap((way) => {
      const { timeout } = way.route.policy;
      const life = lifeOf(way, subject);
      return timeout === undefined || timeout.ms >= life
        ? []
        : [found(timeout.by, `${way.path} has a timeout of ${timeout.ms / 1000} s, and sockets live ${life / 1000} s`)];
    }),
});

/** As declared, else as long as the services behind let a request live. */
function lifeOf({ lifetimeMs, route }: SocketWay, subject: Subject): number {
  const all = backendsOf(subject);
  const services = addressesOf(route).flatMap((address) =>
    (all.get(address)?.groups ?? []).flatMap((group) => (group.kind === "run" ? [group.service] : [])),
  );
  const seconds = services.flatMap(({ timeoutSeconds }) => timeoutSeconds.value ?? []);
  return lifetimeMs ?? (seconds.length > 0 ? Math.max(...seconds) * 1000 : LONGEST_MS);
}
