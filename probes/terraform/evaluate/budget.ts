import { ConfigurationError } from "../configuration-error.ts";
import type { Place } from "../syntax/syntax.ts";

/** Most that is evaluated of one configuration. A configuration beyond this is a mistake or an attack. */
export const LIMITS = {
  /** Expressions that are evaluated, each as often as it is. */
  steps: 5_000_000,
  /** Expressions inside one another, through locals, inputs and outputs: each takes about ten frames of the stack. */
  depth: 400,
  /** Instances of resources and modules. */
  instances: 10_000,
  /** Characters of one text. */
  characters: 16 * 1024 * 1024,
  /** Characters of all texts that are put together. */
  total: 256 * 1024 * 1024,
  /** Modules inside one another. */
  modules: 20,
} as const;

/** Counts what an evaluation costs. Its methods throw ConfigurationError, which nothing in a configuration can catch. */
export class Budget {
  private steps = 0;
  private depth = 0;
  private instances = 0;
  private total = 0;

  /** Does one step, and what it needs inside. */
  step<T>(at: Place, work: () => T): T {
    this.steps += 1;
    if (this.steps > LIMITS.steps)
      throw new ConfigurationError(`needs more than ${LIMITS.steps} steps to evaluate; no more are done`, at);
    if (this.depth >= LIMITS.depth)
      throw new ConfigurationError(`goes through more than ${LIMITS.depth} expressions; no deeper is read`, at);
    this.depth += 1;
    try {
      return work();
    } finally {
      this.depth -= 1;
    }
  }

  instance(at: Place, count: number): void {
    this.instances += count;
    if (this.instances > LIMITS.instances)
      throw new ConfigurationError(`makes more than ${LIMITS.instances} instances; no more are read`, at);
  }

  /** Called before a text of this length is made. */
  text(length: number): void {
    this.total += length;
    if (length > LIMITS.characters || this.total > LIMITS.total)
      throw new ConfigurationError(`a text grows beyond ${LIMITS.characters} characters; no longer ones are read`, {
        file: "(expression)",
      });
  }

  /** Called before this many items are made. */
  items(count: number): void {
    this.steps += count;
    if (this.steps > LIMITS.steps)
      throw new ConfigurationError(`makes more than ${LIMITS.steps} items; no more are made`, { file: "(expression)" });
  }
}
