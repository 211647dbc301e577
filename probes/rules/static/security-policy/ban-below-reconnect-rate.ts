import { asNumber, attribute, blocks, knownText } from "../../../terraform/graph.ts";
import type { Value } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Said, Subject } from "../define-rule.ts";
import { blockOf, policiesMet } from "../policies.ts";

/** What users behind one address come to when their sockets open again: some tens of them, a few attempts each. */
const USUAL_PER_MINUTE = 300;

export const banBelowReconnectRate = defineStaticRule({
  id: "ban-below-reconnect-rate",
  title: "clients that open their sockets again are banned",
  severity: "warning",
  found: "run",
  because:
    "After a deployment every client connects again, several times, and many share an address: a ban then keeps them out long after the service is back.",
  fix: 'Use `action = "throttle"`, or a rate that reconnecting clients of one address stay below.',
  sources: ["P6"],
  options: [
    { what: 'Use `action = "throttle"`: who is too fast waits, and comes in again', effort: "minutes", risk: "low" },
    {
      what: "Raise `rate_limit_threshold` above what reconnecting clients of one address need",
      effort: "minutes",
      risk: "medium",
    },
  ],
  check: (subject) =>
    policiesMet(subject).flatMap(({ policy, rules }) =>
      rules.flatMap((rule): Said[] => {
        const block = blockOf(subject.graph, rule);
        if (block === undefined || knownText(attribute(block, "action")) !== "rate_based_ban") return [];
        const rate = rateOf(block);
        if (rate === undefined) return [{ kind: "unknown", reason: "bans by a rate that cannot be read", by: rule.by }];
        if (rate.perMinute >= leastRate(subject)) return [];
        const title = `${policy.address} bans who sends more than ${rate.count} requests in ${rate.seconds} s`;
        return [found(rate.by, title, { by: [rule.by] })];
      }),
    ),
});

/** As declared: the contract's own rate leaves room for reconnecting sockets. */
function leastRate({ declared }: Subject): number {
  if (declared === undefined) return USUAL_PER_MINUTE;
  const { requests, perSeconds } = declared.contract.edge.rateLimit;
  return (requests * 60) / perSeconds;
}

function rateOf(rule: Value) {
  const thresholds = blocks(rule, "rate_limit_options").flatMap((options) => blocks(options, "rate_limit_threshold"));
  const [threshold] = thresholds;
  if (threshold === undefined) return undefined;
  const written = attribute(threshold, "count");
  const [count, seconds] = [written, attribute(threshold, "interval_sec")].map((value) => {
    const number = value === undefined ? undefined : asNumber(value);
    return number?.kind === "known" ? number.value : undefined;
  });
  if (written === undefined || count === undefined || seconds === undefined || seconds <= 0) return undefined;
  return { count, seconds, perMinute: (count * 60) / seconds, by: written.by };
}
