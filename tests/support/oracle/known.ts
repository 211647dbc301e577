import type { Plain } from "./terraform.ts";
import type { Reading } from "./model.ts";
import type { OracleRequest } from "./types.ts";

/** A request and a configuration on which oracle and model say different things, and why that is left so. */
export interface KnownDisagreement {
  readonly id: string;
  /** Facts on either side, and who is right by them. */
  readonly reason: string;
  /** Smallest change of the reference system that shows it. */
  readonly plant?: (terraform: Plain) => unknown;
  readonly request: OracleRequest;
  readonly reading?: Reading;
  /** Whether a difference that random cases find is this one. */
  readonly explains: (difference: string, where: Where) => boolean;
}

export interface Where {
  readonly terraform: Plain;
  readonly reading: Reading;
}

/** None is left: what is put here must say by which facts either side is right. */
export const KNOWN_DISAGREEMENTS: readonly KnownDisagreement[] = [];

/** Differences that no known disagreement explains. */
export function unexplained(differences: readonly string[], where: Where): string[] {
  return differences.filter((each) => !KNOWN_DISAGREEMENTS.some(({ explains }) => explains(each, where)));
}
