import { randomFillSync } from "node:crypto";

/** The system is asked for this many bytes at once: for a few it takes as long as for thousands. */
const pool = Buffer.allocUnsafeSlow(4096);
let used = pool.length;

/** Fresh random bytes, at most 4096 of them, given to nobody else. They are good until the next call. */
export function randomBytes(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}
