import { isHopByHop } from "../../../../http/hop-by-hop.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { isSame, levelActs } from "../levels.ts";
import type { LevelAct } from "../levels.ts";
import { CREDENTIALS, FORWARDED, HANDSHAKE, isOneOf } from "../names.ts";

export const replaceFalseWithLiteral = defineStaticRule({
  id: "replace-false-with-literal",
  title: "`replace = false` may not do what it says",
  severity: "warning",
  found: "run",
  because:
    "The provider does not send `false`, and Google's own default for a literal value is to replace: what is written as an addition may overwrite the client's header.",
  fix: "Write `replace = true` if the value shall be the only one; else find out by a probe what arrives.",
  sources: ["U4", "U5", "Q4"],
  check: (subject) =>
    levelActs(subject).flatMap((act) =>
      act.kind === "add" && act.replace === "open" && act.value !== "" && !isToldElsewhere(act)
        ? [
            found(act.by, `${act.level.map.address} writes ${act.name} with replace = false, which is not sent`, {
              dependsOn: "replace-false-literal",
              ...(act.direction === "response" && { severity: "note" as const }),
            }),
          ]
        : [],
    ),
});

/** Names that a rule of their own is about, and what the same block removes before it adds. */
function isToldElsewhere({ name, direction, level: { actions } }: LevelAct): boolean {
  const removed = direction === "request" ? actions.remove : actions.removeFromResponse;
  return (
    isOneOf([...CREDENTIALS, ...HANDSHAKE, ...FORWARDED, "origin", "sec-websocket-extensions"], name) ||
    isHopByHop(name) ||
    removed.some((each) => isSame(each.name, name))
  );
}
