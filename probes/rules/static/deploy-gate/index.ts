import type { StaticRule } from "../define-rule.ts";
import { resourceOutsideGate } from "./resource-outside-gate.ts";

/** Rules on configurations in which Terraform asks for a receipt. */
export const DEPLOY_GATE_RULES: readonly StaticRule[] = [resourceOutsideGate];
