import { statSync } from "node:fs";

/** How often files are looked at, in milliseconds. A change counts once it has held still for as long. */
const EVERY_MS = 250;

/**
 * Calls `onChange` when one of the files was written anew, or a folder among them holds others; which they are may grow. Files are looked at rather than watched: synth takes
 * folders away and makes them again, which a watch of the operating system does not survive.
 */
export function watchFiles(files: Iterable<string>, onChange: () => void): { readonly close: () => void } {
  const look = (): string => [...files].map(stamp).join();
  let known = look();
  let last = known;
  const timer = setInterval(() => {
    const now = look();
    const isStill = now === last;
    last = now;
    if (!isStill || now === known) return;
    known = now;
    onChange();
  }, EVERY_MS);
  return { close: () => clearInterval(timer) };
}

function stamp(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? "none" : `${found.ino} ${found.mtimeMs} ${found.size}`;
}
