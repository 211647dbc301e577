import type { StaticRule } from "../define-rule.ts";

/** Rules on Cloud Run services, and who may call them. */
export const CLOUD_RUN_RULES: readonly StaticRule[] = [];
