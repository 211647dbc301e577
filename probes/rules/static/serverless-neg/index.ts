import type { StaticRule } from "../define-rule.ts";

/** Rules on serverless network endpoint groups. */
export const SERVERLESS_NEG_RULES: readonly StaticRule[] = [];
