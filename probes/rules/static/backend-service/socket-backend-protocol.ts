import { isServerless } from "../../../model/backend-problems.ts";
import { socketBackendServices } from "../backends.ts";
import { defineStaticRule, found } from "../define-rule.ts";

/** Over which an upgrade is sent on (fact W6). */
const WITH_UPGRADES = ["HTTP", "HTTPS", ""];

export const socketBackendProtocol = defineStaticRule({
  id: "socket-backend-protocol",
  title: "sockets lead to a backend service whose protocol knows no upgrade",
  severity: "warning",
  found: "run",
  because:
    "Upgrades are sent on over HTTP and HTTPS; over HTTP/2 an ordinary backend answers 502, and before Cloud Run the setting is at best ignored.",
  fix: 'Write `protocol = "HTTPS"`, and give what needs HTTP/2 a backend service of its own.',
  sources: ["W6", "S6", "Q13"],
  check: (subject) =>
    socketBackendServices(subject).flatMap(({ backend: { address, protocol, groups }, ways }) => {
      if (WITH_UPGRADES.includes(protocol.value)) return [];
      const title = `${address} speaks ${protocol.value}, and sockets of ${ways[0]!.path} come to it`;
      const isOpen = groups.length > 0 && groups.every(isServerless);
      return [found(protocol.by, title, isOpen ? { dependsOn: "backend-protocol" } : {})];
    }),
});
