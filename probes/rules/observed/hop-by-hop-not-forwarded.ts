import { listMembers, sameName, valuesOf } from "../../../http/header-list.ts";
import { PASS, betweenEnds, defineCaseRule, fail, inconclusive } from "../define-rule.ts";
import type { Ends, Judgement } from "../define-rule.ts";

export const hopByHopNotForwarded = defineCaseRule({
  id: "hop-by-hop-not-forwarded",
  title: "headers of one connection end at the edge, and an upgrade is asked for anew",
  because:
    "TE, Keep-Alive, Trailer and Proxy-Authorization speak of the client's connection; behind the edge they hand a proxy's credential to the service, or let a client steer a connection that others share.",
  fix: "Let no proxy between the load balancer and the service copy request headers unread; the load balancer itself drops these.",
  sources: ["H5", "H6"],
  appliesTo: ({ attempt }) => attempt.case.trial?.kind === "platform",
  check: (evidence) =>
    betweenEnds(evidence, (ends) => {
      const tried = (evidence.attempt.tried ?? []).filter(({ role }) => role === "hop-by-hop");
      const unsent = tried.find(({ name, canary }) => !holds(valuesOf(ends.sent, name), canary));
      if (tried.length === 0 || unsent !== undefined)
        return inconclusive(`the client did not put ${unsent?.name ?? "any of these headers"} on the wire`);
      const through = tried.find(({ canary }) =>
        holds(
          ends.arrived.map(([, value]) => value),
          canary,
        ),
      );
      if (through !== undefined) return fail(`the client's ${through.name} arrived`, through.name);
      return evidence.attempt.case.protocol === "websocket" ? upgradePair(ends) : PASS;
    }),
});

function holds(values: readonly string[], canary: string): boolean {
  return values.some((value) => value.includes(canary));
}

/** `Upgrade: websocket` and `Connection: Upgrade`, once each. What a client's list of options may leave behind is alive. */
function upgradePair({ arrived }: Ends): Judgement {
  const upgrade = valuesOf(arrived, "upgrade");
  if (upgrade.length !== 1 || !sameName(upgrade[0]!, "websocket"))
    return fail("the service does not see exactly one Upgrade: websocket", "Upgrade");
  const options = listMembers(valuesOf(arrived, "connection")).map((option) => option.toLowerCase());
  const isPair = options.includes("upgrade") && options.every((option) => /^(upgrade|keep-alive)$/.test(option));
  return isPair ? PASS : fail("the service does not see Connection: Upgrade alone", "Connection");
}
