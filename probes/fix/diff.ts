const CONTEXT = 3;
const NO_FEED = "\\ No newline at end of file\n";

interface Step {
  readonly mark: " " | "-" | "+";
  readonly line: string;
}

/** What turns one text into another as a unified diff, as `git apply` and `patch -p1` take it; empty for equal texts. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return "";
  const hunks = hunksOf(stepsBetween(linesOf(before), linesOf(after)));
  return [`--- a/${file}\n`, `+++ b/${file}\n`, ...hunks].join("");
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.match(/[^\n]*\n|[^\n]+$/g)!;
}

/** The fewest lines that go and come (Myers, "An O(ND) difference algorithm and its variations", 1986). */
function stepsBetween(before: readonly string[], after: readonly string[]): Step[] {
  // Furthest line of `before` that is reached on each diagonal, by the number of lines that went or came.
  const reached: Map<number, number>[] = [];
  let furthest = new Map([[1, 0]]);
  for (let changes = 0; ; changes += 1) {
    reached.push(furthest);
    const next = new Map(furthest);
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let row = comesDown(furthest, diagonal, changes) ? furthest.get(diagonal + 1)! : furthest.get(diagonal - 1)! + 1;
      while (row < before.length && row - diagonal < after.length && before[row] === after[row - diagonal]) row += 1;
      next.set(diagonal, row);
      if (row >= before.length && row - diagonal >= after.length) return wayBack(reached, before, after);
    }
    furthest = next;
  }
}

function comesDown(furthest: ReadonlyMap<number, number>, diagonal: number, changes: number): boolean {
  if (diagonal === -changes || diagonal === changes) return diagonal === -changes;
  return furthest.get(diagonal - 1)! < furthest.get(diagonal + 1)!;
}

function wayBack(
  reached: readonly ReadonlyMap<number, number>[],
  before: readonly string[],
  after: readonly string[],
): Step[] {
  const steps: Step[] = [];
  let [row, column] = [before.length, after.length];
  for (let changes = reached.length - 1; changes >= 0; changes -= 1) {
    const diagonal = row - column;
    const isNew = comesDown(reached[changes]!, diagonal, changes);
    const from = diagonal + (isNew ? 1 : -1);
    const fromRow = changes === 0 ? 0 : reached[changes]!.get(from)!;
    const fromColumn = changes === 0 ? 0 : fromRow - from;
    while (row > fromRow && column > fromColumn) {
      row -= 1;
      column -= 1;
      steps.push({ mark: " ", line: before[row]! });
    }
    if (changes > 0 && isNew) steps.push({ mark: "+", line: after[--column]! });
    else if (changes > 0) steps.push({ mark: "-", line: before[--row]! });
  }
  return steps.reverse();
}

function hunksOf(steps: readonly Step[]): string[] {
  const changed = steps.flatMap(({ mark }, index) => (mark === " " ? [] : [index]));
  const ranges: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = ranges.at(-1);
    if (last !== undefined && index - CONTEXT <= last.to + CONTEXT) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  return ranges.map(({ from, to }) =>
    hunk(steps, Math.max(0, from - CONTEXT), Math.min(steps.length, to + CONTEXT + 1)),
  );
}

function hunk(steps: readonly Step[], from: number, to: number): string {
  const own = steps.slice(from, to);
  const count = (of: readonly Step[], other: Step["mark"]): number => of.filter(({ mark }) => mark !== other).length;
  const range = (other: Step["mark"]): string => {
    const length = count(own, other);
    return `${count(steps.slice(0, from), other) + (length === 0 ? 0 : 1)},${length}`;
  };
  const written = own.map(({ mark, line }) => `${mark}${line.endsWith("\n") ? line : `${line}\n${NO_FEED}`}`);
  return `@@ -${range("+")} +${range("-")} @@\n${written.join("")}`;
}
