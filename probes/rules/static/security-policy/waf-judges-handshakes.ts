import { defineStaticRule, found } from "../define-rule.ts";
import { expressionOf, policiesMet } from "../policies.ts";

export const wafJudgesHandshakes = defineStaticRule({
  id: "waf-judges-handshakes",
  title: "preconfigured WAF rules are enforced on handshakes",
  severity: "warning",
  found: "run",
  because:
    "Their signatures take long tokens, cookies and the names of client libraries for attacks: a 403 at the handshake, of which the service logs nothing.",
  fix: "Set `preview = true` until the log shows no handshake among what is refused, or leave the sockets' paths out by the expression.",
  sources: ["P6"],
  options: [
    {
      what: "Set `preview = true`, and read for some days which handshakes the log shows",
      effort: "minutes",
      risk: "medium",
    },
    { what: "Leave the sockets' paths out: `!request.path.startsWith('/ws') && …`", effort: "minutes", risk: "low" },
    { what: "Exclude the header with the token in `preconfigured_waf_config`", effort: "hours", risk: "low" },
  ],
  check: (subject) => {
    // Who declares it has read what it refuses.
    if (subject.declared?.contract.edge.waf === "enforce") return [];
    return policiesMet(subject).flatMap(({ policy, backend, rules }) => {
      const [first, ...others] = rules.filter(
        (rule) =>
          rule.action.kind === "deny" && /\bevaluatePreconfigured(Waf|Expr)\b/.test(expressionOf(subject.graph, rule)),
      );
      if (first === undefined) return [];
      const priorities = [first, ...others].map(({ priority }) => priority).join(", ");
      const title = `${policy.address} enforces WAF rules (priority ${priorities}) on handshakes to ${backend.address}`;
      return [found(first.by, title, { by: others.map(({ by }) => by) })];
    });
  },
});
