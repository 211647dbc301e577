import { defineStaticRule, found } from "../define-rule.ts";
import { isSame, levelActs } from "../levels.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";

export const headerRemovedAndAdded = defineStaticRule({
  id: "header-removed-and-added",
  title: "one header action removes a header and writes it",
  severity: "warning",
  found: "run",
  because: "No page says which of the two comes first: the header arrives with the new value, or not at all.",
  fix: "Drop the removal and write the header with `replace = true`: that discards the client's value by itself.",
  sources: ["U3", "Q5"],
  check: (subject) =>
    levelActs(subject).flatMap(({ kind, direction, name, level, by }) => {
      const added = direction === "request" ? level.actions.add : level.actions.addToResponse;
      const twins = added.filter((each) => isSame(each.name, name)).map((each) => each.by);
      return kind === "add" || twins.length === 0 || isOneOf([...CREDENTIALS, ...HANDSHAKE, "origin"], name)
        ? []
        : [
            found(by, `${level.map.address} removes ${name} and writes it at the same level`, {
              by: twins,
              dependsOn: "remove-and-add",
            }),
          ];
    }),
});
