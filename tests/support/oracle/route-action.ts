import { flag, known, many, one } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Front } from "./front.ts";
import { cannotTell, refuse } from "./types.ts";
import type { Ask } from "./types.ts";

/** What a route answers itself, before any backend: a preflight (U23), a fault that was asked for (W5). */
export function answerItself(action: Plain, front: Front, ask: Ask): void {
  const cors = one(action, "cors_policy");
  const answersPreflight = cors !== undefined && ask.on("U23 preflight") && isAllowedPreflight(cors, front, ask);
  const fault = one(action, "fault_injection_policy");
  const abort = fault === undefined ? undefined : one(fault, "abort");
  const share = abort === undefined || !ask.on("W5 fault") ? 0 : Number(known(abort.percentage, "W5"));
  // Which of the two comes first, no fact says.
  if (answersPreflight && share > 0) cannotTell("U23", "W5");
  if (answersPreflight) refuse(["U23"], 200, 204);
  if (share >= 100) refuse(["W5"], Number(known(abort.http_status, "W5")));
  if (share > 0) ask.doubt("W5");
}

/** An OPTIONS request that asks for a method, from an origin of the list. */
function isAllowedPreflight(cors: Plain, { lines }: Front, { request }: Ask): boolean {
  if (flag(cors.disabled ?? false, "U23") || request.method !== "OPTIONS") return false;
  const header = (wanted: string): string | undefined => lines.find(([name]) => name === wanted)?.[1];
  const origin = header("origin");
  if (origin === undefined || header("access-control-request-method") === undefined) return false;
  const names = many(cors, "allow_origins").map((each) => known(each, "U23"));
  const patterns = many(cors, "allow_origin_regexes").map((each) => known(each, "U23"));
  return (
    names.some((name) => name === "*" || name === origin) ||
    patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(origin))
  );
}
