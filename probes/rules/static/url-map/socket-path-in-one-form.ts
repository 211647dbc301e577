import { attribute } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { valueAt } from "../reading.ts";
import { appending } from "../remedy.ts";
import { addressesOf, socketWays } from "../sockets.ts";
import type { SocketWay } from "../sockets.ts";
import { openings, takesAll } from "../ways.ts";

/** Whose clients ask for the folder itself: `/socket.io/?EIO=4`. */
const BY_FOLDER = /\/(socket\.io|engine\.io|sockjs)\/\*?$/i;

export const socketPathInOneForm = defineStaticRule({
  id: "socket-path-in-one-form",
  title: "a socket's path in one of its two forms",
  severity: "warning",
  found: "run",
  because: "`/ws/*` does not match `/ws`, nor `/ws` what is below: the other form goes to the default backend.",
  fix: "List both forms.",
  sources: ["U12", "U13"],
  check: (subject) => socketWays(subject).flatMap((way) => said(way, subject)),
});

/** A contract says which forms there are; where one has none, the rule has nothing to add. */
function said(way: SocketWay, subject: Subject) {
  const { matcher, path, route, by, clients } = way;
  const other = clients === undefined ? otherForm(way) : undefined;
  if (matcher === undefined || other === undefined || route === matcher.fallback) return [];
  const wanted = addressesOf(route).join();
  const others = openings(matcher, other);
  if (wanted === "" || others.some((each) => addressesOf(each.route).join() === wanted)) return [];
  const rest = others.at(-1)!;
  // A rule that names the other form knows of it.
  if (!takesAll(rest, matcher)) return [];
  const target = addressesOf(rest.route)[0] ?? "elsewhere";
  const list = listOf(way, subject);
  return [
    found(by, `${path} is for sockets, and ${other} goes to ${target}`, {
      // One that asks for the path alone is at home in many frameworks; what is below may not exist.
      ...(other.endsWith("*") && { severity: "note" as const }),
      ...(list !== undefined && !other.endsWith("*") && { remedy: appending(list.by, other) }),
    }),
  ];
}

/** The form that is not written; none where one form covers both. */
function otherForm({ path, match }: SocketWay): string | undefined {
  if (BY_FOLDER.test(path) || path === "/*") return undefined;
  const kind = match?.path?.kind;
  if (kind === "prefix") return path.endsWith("/") ? path.slice(0, -1) : undefined;
  if (kind !== undefined && kind !== "exact") return undefined;
  if (path.endsWith("/*")) return path.slice(0, -2);
  return path.endsWith("/") ? undefined : `${path}/*`;
}

/** The list that a path rule's forms stand in; a route rule has none. */
function listOf({ route, match }: SocketWay, { graph }: Subject) {
  const rule = match === undefined ? valueAt(graph, route.by) : undefined;
  return rule === undefined ? undefined : attribute(rule, "paths");
}
