import type { StaticRule } from "../define-rule.ts";
import { backendOverwritesAuthorization } from "./backend-overwrites-authorization.ts";
import { backendOverwritesDeclaredHeader } from "./backend-overwrites-declared-header.ts";
import { backendOverwritesHandshakeHeader } from "./backend-overwrites-handshake-header.ts";
import { backendTimeoutCutsSockets } from "./backend-timeout-cuts-sockets.ts";
import { cacheIgnoresCredentials } from "./cache-ignores-credentials.ts";
import { customResponseHeaderBreaksHandshake } from "./custom-response-header-breaks-handshake.ts";
import { hopByHopCustomHeader } from "./hop-by-hop-custom-header.ts";
import { iapConsumesAuthorization } from "./iap-consumes-authorization.ts";
import { iapWithRefusedSetting } from "./iap-with-refused-setting.ts";
import { regionalCustomHeaders } from "./regional-custom-headers.ts";
import { repeatedCustomHeader } from "./repeated-custom-header.ts";
import { reservedCustomHeader } from "./reserved-custom-header.ts";
import { socketBackendNotLogged } from "./socket-backend-not-logged.ts";
import { socketBackendProtocol } from "./socket-backend-protocol.ts";
import { tooManyCustomHeaders } from "./too-many-custom-headers.ts";
import { unknownHeaderVariable } from "./unknown-header-variable.ts";

/** Rules on backend services: custom headers, and settings that their kind of backend refuses or ignores. */
export const BACKEND_SERVICE_RULES: readonly StaticRule[] = [
  backendOverwritesAuthorization,
  backendOverwritesHandshakeHeader,
  backendOverwritesDeclaredHeader,
  unknownHeaderVariable,
  hopByHopCustomHeader,
  reservedCustomHeader,
  repeatedCustomHeader,
  tooManyCustomHeaders,
  regionalCustomHeaders,
  customResponseHeaderBreaksHandshake,
  socketBackendProtocol,
  backendTimeoutCutsSockets,
  socketBackendNotLogged,
  cacheIgnoresCredentials,
  iapWithRefusedSetting,
  iapConsumesAuthorization,
];
