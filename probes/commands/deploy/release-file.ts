import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { CANDIDATE_FILE, RELEASE_FILE, loadCandidate, loadRelease } from "../../../contract/release.ts";
import type { Release, ReleaseEntry } from "../../../contract/release.ts";
import { renderReleases } from "../../../contract/release-moves.ts";
import { UsageError } from "../context.ts";
import type { Going } from "./going.ts";

/** `release.json` beside the contract, as far as it speaks of the environment that is deployed. */
export class ReleaseFile {
  /** As a person would name it from where the verb was called. */
  readonly path: string;
  private readonly file: string;
  private readonly environment: string;

  constructor({ contract, stack, context }: Pick<Going, "contract" | "stack" | "context">) {
    this.file = join(dirname(resolve(context.cwd, contract.file)), RELEASE_FILE);
    this.path = relative(context.cwd, this.file);
    this.environment = stack;
  }

  /** Undefined before the first apply. @throws ContractError for a file that is no release. */
  read(): Release | undefined {
    return loadRelease(this.file, this.environment);
  }

  /** Whole or not at all: whoever is killed here leaves the old file or the new one. */
  write(release: Release): void {
    const text = existsSync(this.file) ? readFileSync(this.file, "utf8") : undefined;
    try {
      writeFileSync(`${this.file}.new`, renderReleases(text, this.environment, release));
      renameSync(`${this.file}.new`, this.file);
    } catch (cause) {
      throw new UsageError(`${this.path} cannot be written: ${(cause as Error).message}`);
    }
  }
}

/** What the stack in this folder makes live when it is promoted. */
export function candidateIn(folder: string): ReleaseEntry {
  return loadCandidate(join(folder, CANDIDATE_FILE));
}
