import type { StaticRule } from "../define-rule.ts";
import { coldStartBeforeHandshake } from "./cold-start-before-handshake.ts";
import { customAudienceLacksHost } from "./custom-audience-lacks-host.ts";
import { fractionalCpuTakesOneSocket } from "./fractional-cpu-takes-one-socket.ts";
import { h2cPortOnSocketService } from "./h2c-port-on-socket-service.ts";
import { iamCheckAgainstAccess } from "./iam-check-against-access.ts";
import { iamCheckRefusesAppToken } from "./iam-check-refuses-app-token.ts";
import { iamCheckRefusesBrowserSockets } from "./iam-check-refuses-browser-sockets.ts";
import { livenessProbeCutsSockets } from "./liveness-probe-cuts-sockets.ts";
import { requestTimeoutAboveLimit } from "./request-timeout-above-limit.ts";
import { runAppAddressBypassesEdge } from "./run-app-address-bypasses-edge.ts";
import { serviceMeshWritesAuthorization } from "./service-mesh-writes-authorization.ts";
import { socketOutlivesRequestTimeout } from "./socket-outlives-request-timeout.ts";
import { tooFewSlotsForSockets } from "./too-few-slots-for-sockets.ts";
import { trafficPinnedToRevision } from "./traffic-pinned-to-revision.ts";
import { uptimeCheckOfClosedAddress } from "./uptime-check-of-closed-address.ts";

/** Rules on Cloud Run services: how long sockets live, how many there may be, and who is let in. */
export const CLOUD_RUN_RULES: readonly StaticRule[] = [
  coldStartBeforeHandshake,
  customAudienceLacksHost,
  fractionalCpuTakesOneSocket,
  h2cPortOnSocketService,
  iamCheckAgainstAccess,
  iamCheckRefusesAppToken,
  iamCheckRefusesBrowserSockets,
  livenessProbeCutsSockets,
  requestTimeoutAboveLimit,
  runAppAddressBypassesEdge,
  serviceMeshWritesAuthorization,
  socketOutlivesRequestTimeout,
  tooFewSlotsForSockets,
  trafficPinnedToRevision,
  uptimeCheckOfClosedAddress,
];
