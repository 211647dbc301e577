import { defineStaticRule, found } from "../define-rule.ts";
import { levelActs, servesUsers } from "../levels.ts";
import { isWanted } from "../levels.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";
import { deletesIt } from "../remedy.ts";

export const urlMapOverwritesCredential = defineStaticRule({
  id: "url-map-overwrites-credential",
  title: "a header action writes over what clients authenticate with",
  severity: "error",
  found: "run",
  because: "With `replace = true` the client's value is gone, on requests and on upgrades alike, for everybody below.",
  fix: "Delete the block: what a client sends passes by itself. A value for a machine belongs on a route of its own.",
  sources: ["U4", "H9"],
  remedy: deletesIt,
  check: (subject) =>
    levelActs(subject).flatMap(({ kind, direction, name, replace, level, by }) =>
      kind === "add" &&
      direction === "request" &&
      replace === true &&
      isOneOf([...CREDENTIALS, ...HANDSHAKE, "origin"], name) &&
      !isWanted(subject, name, ["set", "never"]) &&
      servesUsers(level, subject)
        ? [found(by, `${level.map.address} replaces every client's ${name}`)]
        : [],
    ),
});
