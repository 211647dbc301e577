import { combineReadings } from "../attribution/combine-readings.ts";
import type { Case } from "../facts/case.ts";
import { ASSUMPTIONS, readingsOf } from "../model/assumptions.ts";
import type { AssumptionName, Assumptions } from "../model/assumptions.ts";
import { cannotTell } from "../rules/judge.ts";
import type { Judged } from "./input.ts";

/** More readings than this of one configuration are not tried; what depends on them is inconclusive. */
const MAX_READINGS = 16;

/** Cases that ask the same open questions. */
interface Group {
  readonly asked: readonly AssumptionName[];
  readonly cases: readonly Case[];
}

/** What one case was found to be, by the reading it was judged under. */
type Answers = Map<string, Judged>;

/**
 * Judges each case under every reading of the open questions that its own trace asks, and combines the answers. A reading
 * may raise further questions; such cases go round again with all of them. No case is judged twice under one reading. In
 * the order of the cases.
 */
export async function underEveryReading(
  cases: readonly Case[],
  judge: (assumptions: Assumptions, cases: readonly Case[]) => Judged[] | Promise<Judged[]>,
): Promise<Judged[]> {
  const answers = new Map(cases.map(({ id }): [string, Answers] => [id, new Map<string, Judged>()]));
  const judged = new Map<string, Judged>();
  let groups: readonly Group[] = [{ asked: [], cases }];
  while (groups.length > 0) {
    const raised: Judged[] = [];
    for (const group of groups) {
      const runs: Judged[][] = [];
      for (const assumptions of readingsOf(group.asked).slice(0, MAX_READINGS)) {
        const key = readingKey(assumptions);
        const unheard = group.cases.filter(({ id }) => !answers.get(id)!.has(key));
        const heard = unheard.length === 0 ? [] : await judge(assumptions, unheard);
        for (const one of heard) answers.get(one.case.id)!.set(key, one);
        runs.push(group.cases.map(({ id }) => answers.get(id)!.get(key)!));
      }
      for (const one of combineRuns(runs)) {
        if (one.questions.length <= group.asked.length) judged.set(one.case.id, one);
        else if (readingsOf(one.questions).length > MAX_READINGS) judged.set(one.case.id, tooManyQuestions(one));
        else raised.push(one);
      }
    }
    groups = groupByQuestions(raised);
  }
  return cases.map(({ id }) => judged.get(id)!);
}

/** A question that is answered as it is where nobody answers it makes no other reading. */
function readingKey(assumptions: Assumptions): string {
  return Object.entries(assumptions)
    .filter(([name, value]) => value !== ASSUMPTIONS[name as AssumptionName].values[0])
    .map((pair) => pair.join("="))
    .sort()
    .join(" ");
}

function groupByQuestions(raised: readonly Judged[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { questions, case: planned } of raised) {
    const key = [...questions].sort().join(" ");
    groups.set(key, { asked: questions, cases: [...(groups.get(key)?.cases ?? []), planned] });
  }
  return [...groups.values()];
}

/** The runs of one group, case by case; the questions are all that any reading asked. */
function combineRuns(runs: readonly (readonly Judged[])[]): Judged[] {
  const [first = []] = runs;
  return first.map((one, index) => {
    const questions = [...new Set(runs.flatMap((run) => run[index]!.questions))];
    return {
      ...one,
      cells: combineReadings(
        runs.map((run) => run[index]!.cells),
        questions,
      ),
      questions,
      notes: [...new Set(runs.flatMap((run) => run[index]!.notes))],
    };
  });
}

function tooManyQuestions(one: Judged): Judged {
  const reason = `depends on too many open questions at once: ${one.questions.join(", ")}`;
  return { ...one, cells: one.cells.map((cell) => cannotTell(cell, reason)) };
}
