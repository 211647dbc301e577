import type { StaticRule } from "../define-rule.ts";

/** Rules on what the provider itself knows: arguments, types, defaults of its versions. */
export const PROVIDER_RULES: readonly StaticRule[] = [];
