import type { StaticRule } from "../define-rule.ts";
import { armorHeaderOverwritten } from "./armor-header-overwritten.ts";
import { banBelowReconnectRate } from "./ban-below-reconnect-rate.ts";
import { userAgentRefusedAtHandshake } from "./user-agent-refused-at-handshake.ts";
import { wafJudgesHandshakes } from "./waf-judges-handshakes.ts";

/** Rules on Cloud Armor policies. */
export const SECURITY_POLICY_RULES: readonly StaticRule[] = [
  wafJudgesHandshakes,
  banBelowReconnectRate,
  userAgentRefusedAtHandshake,
  armorHeaderOverwritten,
];
