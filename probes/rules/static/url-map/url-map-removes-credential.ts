import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { backendsOf, isWanted, levelActs, servesUsers, unreadActs } from "../levels.ts";
import type { Level, LevelAct } from "../levels.ts";
import { CREDENTIALS, isOneOf } from "../names.ts";
import { deletesIt } from "../remedy.ts";

export const urlMapRemovesCredential = defineStaticRule({
  id: "url-map-removes-credential",
  title: "a header action removes what clients authenticate with",
  severity: "error",
  found: "run",
  because:
    "A removal at a level acts on every request below it, and nothing further down can put the client's value back.",
  fix: "Take the name out of the list. Where a service must not see the credential, remove it on its route and declare that in the contract (`arrives: never`).",
  sources: ["U1", "U2", "P3", "Q17"],
  remedy: deletesIt,
  check: (subject) => [
    ...unreadActs(subject),
    ...levelActs(subject)
      .filter((act) => act.kind === "remove" && act.direction === "request" && servesUsers(act.level, subject))
      .flatMap((act) => [...ofClients(act, subject), ...ofIap(act, subject)]),
  ],
});

function ofClients({ name, level, by }: LevelAct, subject: Subject) {
  const isMeant = isWanted(subject, name, ["never"]);
  return isOneOf([...CREDENTIALS, "origin"], name) && !isMeant
    ? [found(by, `${level.map.address} removes ${name}`)]
    : [];
}

/** Whether IAP reads its token before or after a URL map removes it is not documented (Q17). */
function ofIap({ name, level, by }: LevelAct, subject: Subject) {
  const title = `${level.map.address} removes ${name}, in which IAP looks for its token`;
  return isOneOf(["proxy-authorization"], name) && isBehindIap(level, subject)
    ? [found(by, title, { severity: "warning", dependsOn: "Q17" })]
    : [];
}

function isBehindIap({ backends }: Level, subject: Subject): boolean {
  const all = backendsOf(subject);
  return backends.some((address) => all.get(address)?.iap?.kind === "on");
}
