import { defineStaticRule, found } from "../define-rule.ts";
import { socketWays } from "../sockets.ts";
import { deletesIt } from "../remedy.ts";

export const socketRouteFaults = defineStaticRule({
  id: "socket-route-faults",
  title: "faults are injected into handshakes",
  severity: "warning",
  found: "run",
  because: "A handshake that chance refuses or delays reads as one that lost its credential.",
  fix: "Take `fault_injection_policy` out of the routes of sockets.",
  sources: ["W5"],
  remedy: deletesIt,
  check: (subject) =>
    socketWays(subject).flatMap(({ path, route: { policy } }) => {
      const { fault } = policy;
      const refused = fault?.abort?.percent ?? 0;
      const delayed = fault?.delay?.percent ?? 0;
      if (fault === undefined || refused + delayed === 0) return [];
      const what = refused > 0 ? `${refused} % of the handshakes are refused` : `${delayed} % of the handshakes wait`;
      return [found(fault.by, `${what} on ${path}`)];
    }),
});
