import type { StaticRule } from "../define-rule.ts";
import { loadBalancingSchemeNotWritten } from "./load-balancing-scheme-not-written.ts";
import { mixedLoadBalancingSchemes } from "./mixed-load-balancing-schemes.ts";
import { regionalSchemeNotWritten } from "./regional-scheme-not-written.ts";

/** Rules on forwarding rules and target proxies. */
export const LISTENER_RULES: readonly StaticRule[] = [
  loadBalancingSchemeNotWritten,
  mixedLoadBalancingSchemes,
  regionalSchemeNotWritten,
];
