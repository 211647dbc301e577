import type { EdgeSource } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

/** Without a contract: per host and path, which credentials arrive. */
export function surveySource(_edges: EdgeSource, _options: object, _context: CommandContext): number {
  throw new UsageError("no contract");
}
