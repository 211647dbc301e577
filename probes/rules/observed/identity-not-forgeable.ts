import { valuesOf } from "../../../http/header-list.ts";
import type { TriedHeader } from "../../facts/case.ts";
import { betweenEnds, defineCaseRule, fail, inconclusive, notApplicable } from "../define-rule.ts";
import type { Ends, Judgement } from "../define-rule.ts";

export const identityNotForgeable = defineCaseRule({
  id: "identity-not-forgeable",
  title: "a client cannot name itself: no identity header of its own arrives, under any name and in any case",
  because:
    "A service that trusts X-User-Id or IAP's X-Goog- headers lets in whoever manages to send one, be it in other letters or by an edge that copies it under a second name.",
  fix: "Remove the header, and every header that the edge copies it to, in the URL map; behind IAP, verify its signed assertion in the service.",
  sources: ["P4", "Q10", "H12"],
  appliesTo: ({ attempt: { case: planned, tried = [] } }) =>
    planned.trial?.kind === "platform" &&
    (tried.some(({ role }) => role === "identity") || planned.trial.untried !== undefined),
  check: (evidence) => {
    const { attempt } = evidence;
    const tried = (attempt.tried ?? []).filter(({ role }) => role === "identity");
    const untried = attempt.case.trial?.kind === "platform" ? attempt.case.trial.untried : undefined;
    const judged = tried.map((header) => ({
      ...betweenEnds(evidence, (ends) => judgeOne(header, ends)),
      about: header.name,
    }));
    return [...judged, ...(untried === undefined ? [] : [notApplicable(untried.reason, untried.names)])];
  },
});

function judgeOne({ name, canary }: TriedHeader, { sent, arrived }: Ends): Judgement {
  if (!valuesOf(sent, name).some((value) => value.includes(canary)))
    return inconclusive("the client did not put the header on the wire");
  const through = arrived.find(([, value]) => value.includes(canary));
  return through === undefined ? { state: "pass" } : fail(`the client's value arrived as ${through[0]}`);
}
