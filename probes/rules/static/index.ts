import { BACKEND_SERVICE_RULES } from "./backend-service/index.ts";
import { CERTIFICATE_RULES } from "./certificate/index.ts";
import { CLOUD_RUN_RULES } from "./cloud-run/index.ts";
import type { StaticRule } from "./define-rule.ts";
import { LISTENER_RULES } from "./listener/index.ts";
import { PROVIDER_RULES } from "./provider/index.ts";
import { SECURITY_POLICY_RULES } from "./security-policy/index.ts";
import { SERVERLESS_NEG_RULES } from "./serverless-neg/index.ts";
import { URL_MAP_RULES } from "./url-map/index.ts";

/** Every rule on configurations, by resource. */
export const STATIC_RULES: readonly StaticRule[] = [
  ...URL_MAP_RULES,
  ...BACKEND_SERVICE_RULES,
  ...SERVERLESS_NEG_RULES,
  ...CLOUD_RUN_RULES,
  ...SECURITY_POLICY_RULES,
  ...CERTIFICATE_RULES,
  ...LISTENER_RULES,
  ...PROVIDER_RULES,
];
