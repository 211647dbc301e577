import { listMembers, valuesOf } from "../../../http/header-list.ts";
import type { HeaderList } from "../../../http/header-list.ts";
import { PASS, betweenEnds, defineCaseRule, fail, inconclusive } from "../define-rule.ts";
import type { CaseEvidence, Ends, Judgement } from "../define-rule.ts";

/** URL and header lines together, in bytes, on the global scheme (fact H27). */
const DOCUMENTED_LIMIT = 60 * 1024;

export const headerSizeHeadroom = defineCaseRule({
  id: "header-size-headroom",
  title: "a credential of twice the size still arrives whole",
  because:
    "Tokens grow with every claim. An edge or a server whose limit lies just above today's token refuses the users with the most rights first, and only them.",
  fix: "Raise the limit of the server that refuses it, or send a smaller token; the load balancer takes 60 KiB of URL and headers.",
  sources: ["H15", "H27", "B7"],
  appliesTo: ({ attempt }) => attempt.case.trial?.kind === "headroom",
  check: (evidence) => {
    const { failure, response, witness } = evidence.observation;
    if (failure !== undefined) return inconclusive(`unreachable (${failure.phase}): ${failure.message}`);
    if (witness === undefined)
      return fail(`answered ${response?.status ?? 0} to ${headBytes(evidence)} bytes of URL and headers`);
    const { nonce, case: planned } = evidence.attempt;
    if (witness.nonce === nonce && witness.service !== planned.service)
      return fail(`service ${witness.service} answered`);
    return betweenEnds(evidence, (ends) => judgeDoubled(evidence, ends));
  },
});

function judgeDoubled(evidence: CaseEvidence, { sent, arrived }: Ends): Judgement {
  const doubled = (evidence.attempt.tried ?? []).filter(({ role }) => role === "doubled");
  const unsent = doubled.find(({ name, canary }) => !valuesOf(sent, name).some((value) => value.includes(canary)));
  if (doubled.length === 0 || unsent !== undefined)
    return inconclusive("the client did not put a credential of twice the size on the wire");
  const lost = doubled.find(({ name }) => !isWhole(name, sent, arrived));
  if (lost !== undefined) return fail(`${lost.name} of twice the size did not arrive whole`, lost.name);
  const size = headBytes(evidence);
  return size > DOCUMENTED_LIMIT
    ? fail(`it arrived, but URL and headers take ${size} bytes, and no more than ${DOCUMENTED_LIMIT} are promised`)
    : PASS;
}

/** Lines may have been joined or split, as the rules on arrival allow. */
function isWhole(name: string, sent: HeaderList, arrived: HeaderList): boolean {
  return listMembers(valuesOf(sent, name)).join() === listMembers(valuesOf(arrived, name)).join();
}

function headBytes({ attempt, observation }: CaseEvidence): number {
  const lines = observation.sent ?? attempt.lines;
  return attempt.target.length + lines.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}
