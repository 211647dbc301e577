import type { StaticRule } from "../define-rule.ts";
import { backendHeaderIgnored } from "./backend-header-ignored.ts";
import { broadLevelUndoesNarrow } from "./broad-level-undoes-narrow.ts";
import { classicMapWithAdvancedRouting } from "./classic-map-with-advanced-routing.ts";
import { defaultActionNotInherited } from "./default-action-not-inherited.ts";
import { emptyHeaderValue } from "./empty-header-value.ts";
import { expressionNotSupported } from "./expression-not-supported.ts";
import { forwardedHeaderWritten } from "./forwarded-header-written.ts";
import { headerRemovedAndAdded } from "./header-removed-and-added.ts";
import { literalStarInPath } from "./literal-star-in-path.ts";
import { mirrorNotSupported } from "./mirror-not-supported.ts";
import { replaceFalseWithLiteral } from "./replace-false-with-literal.ts";
import { responseActionBreaksHandshake } from "./response-action-breaks-handshake.ts";
import { routeByConnectionHeader } from "./route-by-connection-header.ts";
import { socketRouteFaults } from "./socket-route-faults.ts";
import { socketRouteNeedsHeader } from "./socket-route-needs-header.ts";
import { socketRouteRedirected } from "./socket-route-redirected.ts";
import { socketRouteRetries } from "./socket-route-retries.ts";
import { socketRouteRewritten } from "./socket-route-rewritten.ts";
import { socketRouteTimeout } from "./socket-route-timeout.ts";
import { underscoreInHeaderName } from "./underscore-in-header-name.ts";
import { urlMapAppendsCredential } from "./url-map-appends-credential.ts";
import { urlMapOverwritesCredential } from "./url-map-overwrites-credential.ts";
import { urlMapRemovesCredential } from "./url-map-removes-credential.ts";
import { urlMapRemovesHandshakeHeader } from "./url-map-removes-handshake-header.ts";
import { weightedMembersDiffer } from "./weighted-members-differ.ts";

/** Rules on URL maps: where requests go, and what happens to headers on the way. */
export const URL_MAP_RULES: readonly StaticRule[] = [
  backendHeaderIgnored,
  broadLevelUndoesNarrow,
  classicMapWithAdvancedRouting,
  defaultActionNotInherited,
  emptyHeaderValue,
  expressionNotSupported,
  forwardedHeaderWritten,
  headerRemovedAndAdded,
  literalStarInPath,
  mirrorNotSupported,
  replaceFalseWithLiteral,
  responseActionBreaksHandshake,
  routeByConnectionHeader,
  socketRouteFaults,
  socketRouteNeedsHeader,
  socketRouteRedirected,
  socketRouteRetries,
  socketRouteRewritten,
  socketRouteTimeout,
  underscoreInHeaderName,
  urlMapAppendsCredential,
  urlMapOverwritesCredential,
  urlMapRemovesCredential,
  urlMapRemovesHandshakeHeader,
  weightedMembersDiffer,
];
