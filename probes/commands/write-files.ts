import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FixedFile } from "../fix/plan-fix.ts";
import { UsageError } from "./context.ts";

/** A file with a whole path, for what is written and for what it replaces. */
export interface FileChange extends FixedFile {
  readonly path: string;
}

/**
 * Files that git could not give back as they are: changed, untracked, ignored, or in no repository. Empty: none.
 */
export function uncommitted(files: readonly FileChange[]): { readonly file: string; readonly why: string }[] {
  return files.flatMap(({ file, path }) => {
    const real = realpathSync(path);
    const git = spawnSync("git", ["status", "--porcelain", "--ignored", "--", basename(real)], {
      cwd: dirname(real),
      encoding: "utf8",
      timeout: 30_000,
    });
    if (git.status !== 0) return [{ file, why: "is in no git repository" }];
    if (git.stdout.startsWith("??") || git.stdout.startsWith("!!")) return [{ file, why: "is not in git" }];
    return git.stdout === "" ? [] : [{ file, why: "has changes that are not committed" }];
  });
}

/**
 * Writes all files or none: each new text stands whole beside its file before the first takes its place, and what was
 * replaced is put back when a later one cannot be. Links stay links, modes stay.
 * @throws UsageError for a file that changed since it was read, and for one that cannot be written.
 */
export function writeAll(files: readonly FileChange[]): void {
  const placed = files.map((file) => ({ ...file, real: realpathSync(file.path) }));
  const staged: string[] = [];
  const done: typeof placed = [];
  try {
    for (const { real, after } of placed) staged.push(stage(real, after));
    for (const { file, real, before } of placed)
      if (readFileSync(real, "utf8") !== before) throw new Error(`${file} changed since it was read`);
    for (const [index, each] of placed.entries()) {
      renameSync(staged[index]!, each.real);
      done.push(each);
    }
  } catch (cause) {
    for (const { real, before } of done) renameSync(stage(real, before), real);
    for (const path of staged) rmSync(path, { force: true });
    throw new UsageError(`nothing was written: ${(cause as Error).message}`);
  }
}

/** The text in a file beside another, on disk, with the other's mode. Gives its path. */
function stage(real: string, text: string): string {
  const path = join(dirname(real), `.${basename(real)}.${randomBytes(6).toString("hex")}.tmp`);
  const handle = openSync(path, "wx", statSync(real).mode & 0o7777);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return path;
}
