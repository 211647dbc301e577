import { hasVariable } from "../../../model/variables.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { isWanted, levelActs, servesUsers } from "../levels.ts";
import type { LevelAct } from "../levels.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";
import { deletesIt } from "../remedy.ts";

/** Of which a second value is as bad as another one: Cloud Run refuses two of the first (fact R13). */
const SINGLE = ["authorization", "x-serverless-authorization", "origin", "sec-websocket-key", "sec-websocket-version"];

export const urlMapAppendsCredential = defineStaticRule({
  id: "url-map-appends-credential",
  title: "a header action adds a second value to what clients authenticate with",
  severity: "error",
  found: "run",
  because:
    "Cloud Run answers 401 to several `Authorization`; and the provider does not send `replace = false`, so that the value may as well take the client's place.",
  fix: "Delete the block: what a client sends passes by itself, and a second value helps nobody.",
  sources: ["U5", "U7", "R13"],
  remedy: deletesIt,
  check: (subject) =>
    levelActs(subject).flatMap((act) =>
      act.kind === "add" &&
      act.direction === "request" &&
      act.replace !== true &&
      isOneOf([...CREDENTIALS, ...HANDSHAKE, "origin"], act.name) &&
      !isWanted(subject, act.name, ["set", "never"]) &&
      servesUsers(act.level, subject)
        ? said(act)
        : [],
    ),
});

function said({ name, value, level, by }: LevelAct) {
  if (isOneOf(SINGLE, name)) return [found(by, `${level.map.address} adds a value of its own to every ${name}`)];
  // A list takes one more entry; that it takes the place of the client's is one of two readings.
  const title = `${level.map.address} writes ${name} with replace = false, which may take the place of the client's`;
  return hasVariable(value) ? [] : [found(by, title, { dependsOn: "replace-false-literal" })];
}
