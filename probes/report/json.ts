import type { Result } from "../facts/result.ts";
import { MOVES_OR_TURNS } from "./paint.ts";

/** The canonical result as JSON, `headgate-report/1`; values stand as fingerprints. */
export function renderJson(result: Result): string {
  return `${harmlessJson(JSON.stringify(result, null, 2))}\n`;
}

/**
 * The same JSON, for a terminal too: a service's own words may stand in it, and JSON leaves the control characters from
 * DEL on, and marks that turn text around, as they are (RFC 8259 §7).
 */
export function harmlessJson(json: string): string {
  return json.replace(MOVES_OR_TURNS, (char) =>
    // Line ends are the layout; inside texts JSON has escaped them.
    char === "\n" ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
