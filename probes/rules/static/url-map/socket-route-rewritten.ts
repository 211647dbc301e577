import { defineStaticRule, found } from "../define-rule.ts";
import { socketWays } from "../sockets.ts";
import type { SocketWay } from "../sockets.ts";

export const socketRouteRewritten = defineStaticRule({
  id: "socket-route-rewritten",
  title: "a socket's route rewrites the host or the path",
  severity: "warning",
  found: "run",
  because:
    "With another `Host` the browser's `Origin` is a foreign one to a service that compares them, and with another path it may know no socket there: both answer 403 or 404.",
  fix: "Drop the rewrite: a serverless NEG needs no host, and the service can listen on the path that clients ask for.",
  sources: ["U22", "W12", "H28"],
  check: (subject) =>
    socketWays(subject).flatMap((way) => {
      const { rewrite } = way.route.policy;
      if (rewrite === undefined) return [];
      if (rewrite.host !== undefined && rewrite.host !== way.host)
        return [found(rewrite.by, `a handshake for ${way.path} reaches the service with Host ${rewrite.host}`)];
      return isAnotherPath(way)
        ? [
            found(rewrite.by, `a handshake for ${way.path} reaches the service under another path`, {
              severity: "note",
            }),
          ]
        : [];
    }),
});

/** A prefix that is written in its own place changes nothing. */
function isAnotherPath({ route: { policy }, match, path }: SocketWay): boolean {
  const { prefix, template } = policy.rewrite ?? {};
  if (template !== undefined) return template !== path;
  const matched = match?.path?.kind === "prefix" ? match.path.path : path;
  const bare = (text: string): string => text.replace(/\*$/, "").replace(/\/$/, "");
  return prefix !== undefined && bare(prefix) !== bare(matched);
}
