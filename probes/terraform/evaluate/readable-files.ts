import { opendirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import type { Boundary, OnLook } from "../boundary.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { EvaluationError } from "./evaluation-error.ts";
import type { ReadableFiles } from "./scope.ts";

/** Largest file that a function reads, in bytes. */
const MAX_BYTES = 2 * 1024 * 1024;
/** Most entries below a folder that `fileset` looks at. */
const MAX_ENTRIES = 10_000;

/** The files that functions may read: those inside the boundary, and nothing else. */
export function readableFiles(
  directory: string,
  boundary: Boundary,
  onRead: (file: string, content: Buffer) => void,
): ReadableFiles {
  const cwd = resolve(directory);
  const locate = (path: string): string | undefined => {
    const asked = isAbsolute(path) ? path : join(cwd, path);
    boundary.onLook(asked);
    if (statSync(asked, { throwIfNoEntry: false }) === undefined) {
      // Whether something exists outside is not said either.
      if (!boundary.holds(resolve(asked)) && !boundary.holds(resolve(boundary.root, relative(cwd, asked))))
        throw new EvaluationError(`${path} is outside of the folder that is read`);
      return undefined;
    }
    return insideOf(boundary, asked, path);
  };
  return {
    cwd,
    read: (path) => {
      const real = locate(path);
      if (real === undefined) return undefined;
      const stats = statSync(real);
      if (!stats.isFile()) throw new EvaluationError(`${path} is not a regular file`);
      if (stats.size > MAX_BYTES)
        throw new EvaluationError(`${path} is ${stats.size} bytes; at most ${MAX_BYTES} are read`);
      const content = readFileSync(real);
      onRead(resolve(cwd, path), content);
      return content;
    },
    list: (path) => {
      const real = locate(path);
      if (real === undefined || !statSync(real).isDirectory()) return [];
      return filesBelow(real, path, boundary.onLook);
    },
  };
}

function insideOf(boundary: Boundary, asked: string, path: string): string {
  try {
    return boundary.enter(asked);
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw new EvaluationError(`${path} is outside of the folder that is read`);
    throw cause;
  }
}

/** Links are not followed: they may lead outside, or in a circle. */
function filesBelow(folder: string, shown: string, onLook: OnLook): string[] {
  const found: string[] = [];
  const pending = [folder];
  let seen = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    onLook(next);
    const entries = opendirSync(next);
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      seen += 1;
      if (seen > MAX_ENTRIES) {
        entries.closeSync();
        throw new EvaluationError(`${shown} holds more than ${MAX_ENTRIES} entries; no more are looked at`);
      }
      const path = join(next, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile()) found.push(relative(folder, path).replaceAll("\\", "/"));
    }
    entries.closeSync();
  }
  return found.sort();
}
