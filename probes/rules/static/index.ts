import { BACKEND_SERVICE_RULES } from "./backend-service/index.ts";
import { CERTIFICATE_RULES } from "./certificate/index.ts";
import { CLOUD_RUN_RULES } from "./cloud-run/index.ts";
import { DEPLOY_GATE_RULES } from "./deploy-gate/index.ts";
import type { StaticRule } from "./define-rule.ts";
import { LISTENER_RULES } from "./listener/index.ts";
import { PROVIDER_RULES } from "./provider/index.ts";
import { SECURITY_POLICY_RULES } from "./security-policy/index.ts";
import { SERVERLESS_NEG_RULES } from "./serverless-neg/index.ts";
import { URL_MAP_RULES } from "./url-map/index.ts";

/** Rules on configurations by what they are about, as a person calls it. */
export const BY_RESOURCE = {
  "URL maps": URL_MAP_RULES,
  "Backend services": BACKEND_SERVICE_RULES,
  "Serverless NEGs": SERVERLESS_NEG_RULES,
  "Cloud Run": CLOUD_RUN_RULES,
  "Security policies": SECURITY_POLICY_RULES,
  Certificates: CERTIFICATE_RULES,
  Listeners: LISTENER_RULES,
  Provider: PROVIDER_RULES,
  "The gate inside a deploy": DEPLOY_GATE_RULES,
} as const satisfies Record<string, readonly StaticRule[]>;

/** Every rule on configurations, by resource. */
export const STATIC_RULES: readonly StaticRule[] = Object.values(BY_RESOURCE).flat();
