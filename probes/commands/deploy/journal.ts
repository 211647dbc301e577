import type { Applied, Look, Phase } from "../../facts/deployed.ts";
import type { CommandContext } from "../context.ts";

/** Erases the line the cursor is on. */
const CLEAR = "\r\u001b[K";

/** How often a wait is told of where nobody sees a line change, in milliseconds. */
const TOLD_EVERY_MS = 15_000;

/** What was done so far, told to a person as it happens and kept for the record. */
export class Journal {
  readonly phases: Phase[] = [];
  readonly applies: Applied[] = [];
  readonly looks: Look[] = [];
  private readonly context: CommandContext;
  private readonly startedAt = performance.now();
  private nextTold = 0;

  constructor(context: CommandContext) {
    this.context = context;
  }

  /** Says what begins, does it, and remembers how it ended and how long it took. */
  async phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    this.say(name);
    let state: Phase["state"] = "failed";
    try {
      const made = await work();
      state = "done";
      return made;
    } finally {
      this.endWait();
      this.phases.push({ name, state, ms: Math.round(performance.now() - from) });
    }
  }

  /** What is waited for: one line that changes at a terminal, elsewhere a line now and then. */
  waiting(text: string): void {
    const { isTerminal, stderr } = this.context;
    if (isTerminal.stderr) return stderr(`${CLEAR}headgate: ${this.elapsed()}  ${text}`);
    if (performance.now() < this.nextTold) return;
    this.nextTold = performance.now() + TOLD_EVERY_MS;
    this.say(text);
  }

  say(text: string): void {
    this.context.stderr(`headgate: ${this.elapsed()}  ${text}\n`);
  }

  private endWait(): void {
    this.nextTold = 0;
    if (this.context.isTerminal.stderr) this.context.stderr(CLEAR);
  }

  private elapsed(): string {
    const seconds = Math.floor((performance.now() - this.startedAt) / 1000);
    return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
