import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** Processes that a process has started and that have not ended (Linux). */
export function childrenOf(pid: number): number[] {
  return unlessGone([], () =>
    readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      unlessGone("", () => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8"))
        .split(" ")
        .filter((each) => each !== "")
        .map(Number),
    ),
  );
}

/** Whether a process is there; one that has ended and that nobody waited for is not. */
export function isRunning(pid: number): boolean {
  return unlessGone(false, () => !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8")));
}

/** @throws Error for one that has not ended in time. */
export async function gone(pids: readonly number[], withinMs = 60_000): Promise<void> {
  const until = Date.now() + withinMs;
  while (pids.some(isRunning)) {
    if (Date.now() > until) throw new Error(`still running: ${pids.filter(isRunning).join(", ")}`);
    await delay(20);
  }
}

/** A process may end while it is looked at. */
function unlessGone<Found>(otherwise: Found, look: () => Found): Found {
  try {
    return look();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return otherwise;
    throw cause;
  }
}
