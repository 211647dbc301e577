import { readFileSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 30;

/** Tells of each text that a file is replaced by, one after the other, and waits until it was dealt with. */
export function watch(file: string, onText: (text: string) => Promise<void>): { close: () => Promise<void> } {
  const ended = new AbortController();
  let last = "";
  const look = async (): Promise<void> => {
    const stats = statSync(file, { throwIfNoEntry: false });
    const seen = stats === undefined ? "" : `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
    if (seen === last) return;
    last = seen;
    await onText(stats === undefined ? "" : readFileSync(file, "utf8"));
  };
  const running = (async () => {
    while (!ended.signal.aborted) {
      await look();
      await delay(POLL_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      ended.abort();
      await running;
    },
  };
}
