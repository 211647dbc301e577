import type { StaticRule } from "../define-rule.ts";

/** Rules on Cloud Armor policies. */
export const SECURITY_POLICY_RULES: readonly StaticRule[] = [];
