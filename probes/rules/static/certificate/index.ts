import type { StaticRule } from "../define-rule.ts";

/** Rules on certificates and the hosts they name. */
export const CERTIFICATE_RULES: readonly StaticRule[] = [];
