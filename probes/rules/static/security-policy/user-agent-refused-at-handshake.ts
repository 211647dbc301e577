import { headersRead } from "../../../model/armor-expression.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { expressionOf, policiesMet } from "../policies.ts";

export const userAgentRefusedAtHandshake = defineStaticRule({
  id: "user-agent-refused-at-handshake",
  title: "handshakes are refused by the name of the client's library",
  severity: "warning",
  found: "run",
  because:
    "Native clients send the name of their library, or none, as `User-Agent`: a rule on it refuses them, or a probe, and nobody who uses a browser notices.",
  fix: "Leave the sockets' paths out of the rule, or set `preview = true` and read which clients it meets.",
  sources: ["P6"],
  check: (subject) =>
    policiesMet(subject).flatMap(({ policy, backend, rules }) =>
      rules
        .filter(({ action }) => action.kind === "deny")
        .filter(
          (rule) =>
            headersRead(rule.condition).includes("user-agent") ||
            /\[\s*['"]user-agent['"]\s*\]/i.test(expressionOf(subject.graph, rule)),
        )
        .map(({ by, priority }) =>
          found(
            by,
            `${policy.address} refuses handshakes to ${backend.address} by their User-Agent (priority ${priority})`,
          ),
        ),
    ),
});
