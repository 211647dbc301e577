import { defineStaticRule, each, found } from "../define-rule.ts";
import { CREDENTIALS, isOneOf } from "../names.ts";
import { headerActs } from "../reading.ts";
import { deletesIt } from "../remedy.ts";

export const urlMapRemovesCredential = defineStaticRule({
  id: "url-map-removes-credential",
  title: "a header action removes what clients authenticate with",
  severity: "error",
  found: "run",
  because:
    "A removal at a level acts on every request below it, and nothing further down can put the client's value back.",
  fix: "Take the name out of the list, or move the removal to the one route that needs it.",
  sources: ["U1", "U2"],
  remedy: deletesIt,
  check: ({ graph }) =>
    each(headerActs(graph), ({ kind, direction, name, map, by }) =>
      kind === "remove" && direction === "request" && isOneOf([...CREDENTIALS, "origin"], name)
        ? [found(by, `${map.address} removes ${name}`)]
        : [],
    ),
});
