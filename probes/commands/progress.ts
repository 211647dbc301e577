import type { CommandContext } from "./context.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Erases the line the cursor is on. */
const CLEAR = "\r\u001b[K";

/** A stopwatch that tells a person at a terminal, on standard error, which phase is running; elsewhere it is silent. */
export function showProgress(watch: Stopwatch, context: CommandContext): Stopwatch & { readonly done: () => void } {
  const say = (text: string): void => {
    if (context.isTerminal.stderr) context.stderr(text);
  };
  return {
    measure: (phase, work) => {
      say(`${CLEAR}${phase} …`);
      return watch.measure(phase, work);
    },
    phases: watch.phases,
    done: () => say(CLEAR),
  };
}
