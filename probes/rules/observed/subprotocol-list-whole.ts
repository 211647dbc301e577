import { hasHeader, listMembers, sameName, valuesOf } from "../../../http/header-list.ts";
import { PASS, betweenEnds, defineCaseRule, fail, inconclusive } from "../define-rule.ts";
import type { CaseEvidence } from "../define-rule.ts";

const NAME = "Sec-WebSocket-Protocol";

export const subprotocolListWhole = defineCaseRule({
  id: "subprotocol-list-whole",
  title: "every offered subprotocol arrives, in its order, and no other, however many there are",
  because:
    "A browser's token travels as one entry of this list. A proxy may split the list over lines or join them; one that drops, adds or reorders an entry loses the token, or has another protocol selected.",
  fix: "Let nothing write or remove Sec-WebSocket-Protocol; the edge passes the list by itself.",
  sources: ["B2", "B6", "H9", "H13"],
  about: NAME,
  appliesTo: (evidence) => evidence.attempt.case.protocol === "websocket" && isOffered(evidence),
  check: (evidence) =>
    betweenEnds(evidence, ({ sent, arrived }) => {
      const offered = listMembers(valuesOf(sent, NAME));
      const planned = listMembers(valuesOf(evidence.attempt.lines, NAME));
      if (offered.length === 0 || !same(offered, planned) || !linesAsPlanned(evidence))
        return inconclusive("the client did not put the planned list on the wire");
      const seen = listMembers(valuesOf(arrived, NAME));
      if (same(offered, seen)) return PASS;
      return fail(whatHappened(offered, seen));
    }),
});

/** A list that the contract lets the edge write or take away is no business of this rule. */
function isOffered({ attempt }: CaseEvidence): boolean {
  const declared = attempt.case.headers.find(({ name }) => sameName(name, NAME));
  return hasHeader(attempt.lines, NAME) && declared?.arrives.kind !== "never" && declared?.arrives.kind !== "set";
}

/** Two lines that a client library joins are one: then nothing was learnt about two. */
function linesAsPlanned({ attempt, observation }: CaseEvidence): boolean {
  return valuesOf(observation.sent ?? [], NAME).length === valuesOf(attempt.lines, NAME).length;
}

/** Entries are counted and never shown: one of them may be the token. */
function whatHappened(offered: readonly string[], seen: readonly string[]): string {
  const counts = `${offered.length} offered, ${seen.length} arrived`;
  if (same([...offered].sort(), [...seen].sort())) return `the entries arrived in another order (${counts})`;
  if (offered.every((entry) => seen.includes(entry))) return `an entry was added (${counts})`;
  return seen.every((entry) => offered.includes(entry))
    ? `an entry was lost (${counts})`
    : `other entries arrived (${counts})`;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}
