import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { readCloud, writeCloud } from "./cloud.ts";
import type { Cloud } from "./cloud.ts";

const RETRY_MS = 5;
const PATIENCE_MS = 10_000;

/** Reads, changes and writes the cloud while no other process does. A change that throws leaves it as it was. */
export function changeCloud<Result>(file: string, change: (cloud: Cloud) => Result): Result {
  const lock = `${file}.lock`;
  takeLock(lock);
  try {
    const cloud = readCloud(file);
    const result = change(cloud);
    writeCloud(file, cloud);
    return result;
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): void {
  const until = Date.now() + PATIENCE_MS;
  while (!isTaken(lock)) {
    if (Date.now() > until) throw new Error(`the cloud stayed locked: ${lock}`);
    removeIfOwnerIsGone(lock);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
}

function isTaken(lock: string): boolean {
  try {
    const handle = openSync(lock, "wx");
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  }
}

/** A provider that was killed while it held the lock would block every later one. */
function removeIfOwnerIsGone(lock: string): void {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    if (owner > 0) process.kill(owner, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ESRCH") rmSync(lock, { force: true });
    else if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
  }
}
