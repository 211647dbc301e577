import { defineStaticRule, found } from "../define-rule.ts";
import { levelActs, unreadActs } from "../levels.ts";
import type { LevelAct } from "../levels.ts";
import { HANDSHAKE, isOneOf } from "../names.ts";
import { deletesIt } from "../remedy.ts";

export const urlMapRemovesHandshakeHeader = defineStaticRule({
  id: "url-map-removes-handshake-header",
  title: "a header action removes a part of the WebSocket handshake",
  severity: "error",
  found: "run",
  because:
    "Without its key and version a service must refuse the handshake, and without the subprotocols the token in them is lost.",
  fix: "Take the name out of the list: a handshake needs no header action at all.",
  sources: ["B4", "B8", "U8", "Q2"],
  remedy: deletesIt,
  check: (subject) => [
    ...unreadActs(subject),
    ...levelActs(subject).flatMap((act) => (act.kind === "remove" && act.direction === "request" ? said(act) : [])),
  ],
});

/** What the removal of such a name does, or whether Google takes it at all, is not documented (Q2). */
function said({ name, level, by }: LevelAct) {
  const title = `${level.map.address} removes ${name} from requests`;
  const dependsOn = "reserved-removal";
  if (isOneOf(HANDSHAKE, name)) return [found(by, title, { dependsOn })];
  if (isOneOf(["upgrade", "connection"], name)) return [found(by, title, { severity: "warning", dependsOn })];
  if (!isOneOf(["sec-websocket-extensions"], name)) return [];
  const fix = "Keep the entry if sockets shall not compress their messages; else take it out.";
  return [found(by, `${title}: sockets do not compress`, { severity: "note", fix })];
}
