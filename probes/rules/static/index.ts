import { backendOverwritesAuthorization } from "./backend-service/backend-overwrites-authorization.ts";
import type { StaticRule } from "./define-rule.ts";
import { urlMapRemovesCredential } from "./url-map/url-map-removes-credential.ts";

/** Every rule on configurations, by resource. */
export const STATIC_RULES: readonly StaticRule[] = [backendOverwritesAuthorization, urlMapRemovesCredential];
