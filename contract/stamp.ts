import { digestOf } from "./canonical.ts";
import type { CanonicalContract } from "./canonical.ts";

/** Response header by which a URL map says which configuration it is. */
export const STAMP_HEADER = "X-Headgate-Stamp";

export interface Stamped {
  readonly contract: CanonicalContract;
  /** Service → generation that answers. */
  readonly generations: Readonly<Record<string, string>>;
  /** Version of the tool that built it. */
  readonly tool: string;
}

/**
 * SHA-256, hexadecimal, over an environment's canonical contract, its generations and the tool's version. A live answer
 * counts only when its map carries the stamp that is meant: a change takes its time to reach every front end.
 */
export function stampOf({ contract, generations, tool }: Stamped): string {
  return digestOf({ contract, generations, tool });
}
