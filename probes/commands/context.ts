/** All that a verb sees of the process it runs in. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of the Node executable. */
  readonly execPath: string;
  /** Program that synthesizes a contract with the stacks that come with the tool. */
  readonly synthFile: string;
  readonly toolVersion: string;
  /** What time it is: some things hold until a day. */
  readonly now: () => Date;
  readonly isTerminal: { readonly stdout: boolean; readonly stderr: boolean };
  readonly stdout: (text: string) => void;
  /** Waits until the reader has taken what was written; false: nobody reads any more. */
  readonly drained: () => Promise<boolean>;
  readonly stderr: (text: string) => void;
  /** Ends the run when a person asks for it. */
  readonly signal: AbortSignal;
}

/** Day of the run, `YYYY-MM-DD` in UTC. */
export function today({ now }: Pick<CommandContext, "now">): string {
  return now().toISOString().slice(0, 10);
}

/** A call that cannot be carried out as it was given: exit 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** A run that a person or its deadline ended before there was a result: exit 3. */
export class InterruptedError extends Error {
  constructor(during: string, signal: AbortSignal) {
    const isLate = (signal.reason as Error | undefined)?.name === "TimeoutError";
    super(`${isLate ? "the run's deadline passed" : "interrupted"} during ${during}: nothing was decided`);
    this.name = "InterruptedError";
  }
}

/** A call that was right and could not be answered, because what it asks about cannot be looked at: exit 3. */
export class CannotLookError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CannotLookError";
  }
}
