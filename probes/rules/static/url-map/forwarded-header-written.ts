import { defineStaticRule, found } from "../define-rule.ts";
import { levelActs } from "../levels.ts";
import { FORWARDED, isOneOf } from "../names.ts";
import { hasVariable } from "../../../model/variables.ts";
import { deletesIt } from "../remedy.ts";

export const forwardedHeaderWritten = defineStaticRule({
  id: "forwarded-header-written",
  title: "a URL map adds to what the load balancer says of the client",
  severity: "warning",
  found: "run",
  because:
    "The load balancer writes this header itself; one more value makes it `https,https`, which servers do not read, and the scheme becomes `http`.",
  fix: "Delete the block: the load balancer writes the header by itself.",
  sources: ["H2", "H3", "U5", "U7"],
  remedy: deletesIt,
  check: (subject) =>
    levelActs(subject).flatMap(({ kind, direction, name, value, replace, level, by }) =>
      kind === "add" && direction === "request" && replace !== true && isOneOf(FORWARDED, name)
        ? [
            found(by, `${level.map.address} adds a value of its own to ${name}`, {
              ...(!hasVariable(value) && { dependsOn: "replace-false-literal" }),
            }),
          ]
        : [],
    ),
});
