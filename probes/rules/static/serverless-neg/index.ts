import type { StaticRule } from "../define-rule.ts";
import { apiGatewayReplacesAuthorization } from "./api-gateway-replaces-authorization.ts";
import { maskTakesSocketPath } from "./mask-takes-socket-path.ts";
import { negAwayFromService } from "./neg-away-from-service.ts";
import { negTagPinsRevision } from "./neg-tag-pins-revision.ts";
import { serverlessBackendsMixed } from "./serverless-backends-mixed.ts";
import { serverlessSessionAffinity } from "./serverless-session-affinity.ts";
import { serverlessSettingRefused } from "./serverless-setting-refused.ts";
import { serverlessTimeoutRefused } from "./serverless-timeout-refused.ts";

/** Rules on serverless network endpoint groups. */
export const SERVERLESS_NEG_RULES: readonly StaticRule[] = [
  serverlessTimeoutRefused,
  serverlessSettingRefused,
  serverlessBackendsMixed,
  serverlessSessionAffinity,
  negAwayFromService,
  negTagPinsRevision,
  maskTakesSocketPath,
  apiGatewayReplacesAuthorization,
];
