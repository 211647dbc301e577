import { defineStaticRule, found } from "../define-rule.ts";
import { levelActs } from "../levels.ts";
import { ANSWER, isOneOf } from "../names.ts";
import { deletesIt } from "../remedy.ts";

export const responseActionBreaksHandshake = defineStaticRule({
  id: "response-action-breaks-handshake",
  title: "a response header action touches the answer to a handshake",
  severity: "warning",
  found: "run",
  because: "A 101 with another subprotocol than the service selected, or without its own headers, ends the socket.",
  fix: "Delete the entry: the service answers the handshake itself.",
  sources: ["U24", "B4", "Q16"],
  remedy: deletesIt,
  check: (subject) =>
    levelActs(subject).flatMap(({ kind, direction, name, level, by }) =>
      direction === "response" && isOneOf(ANSWER, name)
        ? [
            found(by, `${level.map.address} ${kind === "remove" ? "removes" : "writes"} ${name} in responses`, {
              dependsOn: "actions-on-101",
            }),
          ]
        : [],
    ),
});
