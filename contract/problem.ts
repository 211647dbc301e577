import type { Position } from "./contract.ts";

/** One thing that is wrong with a file a person wrote: what, where, the value, what would be right. */
export interface Problem {
  readonly at: Position;
  /** Path inside the file, as a person would say it: `routes[0].headers[1]`. */
  readonly path: string;
  readonly message: string;
  /** The wrong value as written, cut short. */
  readonly value?: string;
  readonly valid?: readonly string[];
  readonly nearest?: string;
}

/** Thrown where a file cannot be used; carries every problem found, not the first alone. */
export class ContractError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.name = "ContractError";
    this.problems = problems;
  }
}

/** `file:line:column  path: message`, then the value and the valid choices on lines of their own. */
export function formatProblem(problem: Problem): string {
  const { at } = problem;
  const lines = [
    `${at.file}:${at.line}:${at.column}  ${problem.path === "" ? "" : `${problem.path}: `}${problem.message}`,
  ];
  if (problem.value !== undefined) lines.push(`    value  ${problem.value}`);
  if (problem.nearest !== undefined) lines.push(`    try    ${problem.nearest}`);
  if (problem.valid !== undefined && problem.valid.length > 0) lines.push(`    valid  ${problem.valid.join(", ")}`);
  return lines.join("\n");
}

/** The choice with the fewest edits, if close enough to be a likely slip of the finger. */
export function nearest(wrong: string, choices: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(wrong.length / 2));
  const ranked = choices
    .map((choice) => ({ choice, distance: editDistance(wrong.toLowerCase(), choice.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0] !== undefined && ranked[0].distance <= limit ? ranked[0].choice : undefined;
}

/** Levenshtein distance: insertions, deletions and substitutions that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length]!;
}
