import type { Result } from "../facts/result.ts";

/** The canonical result as JSON, `headgate-report/1`; values stand as fingerprints. */
export function renderJson(result: Result): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
