import type { StaticRule } from "../define-rule.ts";
import { backendOverwritesAuthorization } from "./backend-overwrites-authorization.ts";

/** Rules on backend services: custom headers, and settings that their kind of backend refuses or ignores. */
export const BACKEND_SERVICE_RULES: readonly StaticRule[] = [backendOverwritesAuthorization];
