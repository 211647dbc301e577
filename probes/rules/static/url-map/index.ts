import type { StaticRule } from "../define-rule.ts";
import { socketRouteNeedsHeader } from "./socket-route-needs-header.ts";
import { urlMapRemovesCredential } from "./url-map-removes-credential.ts";

/** Rules on URL maps: where requests go, and what happens to headers on the way. */
export const URL_MAP_RULES: readonly StaticRule[] = [urlMapRemovesCredential, socketRouteNeedsHeader];
