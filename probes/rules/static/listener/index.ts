import type { StaticRule } from "../define-rule.ts";

/** Rules on forwarding rules and target proxies. */
export const LISTENER_RULES: readonly StaticRule[] = [];
