import type { StaticRule } from "../define-rule.ts";
import { backendHeaderIgnored } from "./backend-header-ignored.ts";
import { broadLevelUndoesNarrow } from "./broad-level-undoes-narrow.ts";
import { classicMapWithAdvancedRouting } from "./classic-map-with-advanced-routing.ts";
import { defaultActionNotInherited } from "./default-action-not-inherited.ts";
import { emptyHeaderValue } from "./empty-header-value.ts";
import { expressionNotSupported } from "./expression-not-supported.ts";
import { forwardedHeaderWritten } from "./forwarded-header-written.ts";
import { headerActionWithoutPlace } from "./header-action-without-place.ts";
import { headerRemovedAndAdded } from "./header-removed-and-added.ts";
import { identityHeaderPasses } from "./identity-header-passes.ts";
import { literalStarInPath } from "./literal-star-in-path.ts";
import { mirrorNotSupported } from "./mirror-not-supported.ts";
import { replaceFalseWithLiteral } from "./replace-false-with-literal.ts";
import { responseActionBreaksHandshake } from "./response-action-breaks-handshake.ts";
import { routeByConnectionHeader } from "./route-by-connection-header.ts";
import { secretInHeaderValue } from "./secret-in-header-value.ts";
import { socketPathInOneForm } from "./socket-path-in-one-form.ts";
import { socketPathMissingOnHost } from "./socket-path-missing-on-host.ts";
import { socketRouteFaults } from "./socket-route-faults.ts";
import { socketRouteNeedsHeader } from "./socket-route-needs-header.ts";
import { socketRouteRedirected } from "./socket-route-redirected.ts";
import { socketRouteRetries } from "./socket-route-retries.ts";
import { socketRouteRewritten } from "./socket-route-rewritten.ts";
import { socketRouteTimeout } from "./socket-route-timeout.ts";
import { socketRouteUntested } from "./socket-route-untested.ts";
import { testOnlySendsHeaders } from "./test-only-sends-headers.ts";
import { underscoreInHeaderName } from "./underscore-in-header-name.ts";
import { unreachablePathMatcher } from "./unreachable-path-matcher.ts";
import { unreachableRouteRule } from "./unreachable-route-rule.ts";
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
  headerActionWithoutPlace,
  headerRemovedAndAdded,
  identityHeaderPasses,
  literalStarInPath,
  mirrorNotSupported,
  replaceFalseWithLiteral,
  responseActionBreaksHandshake,
  routeByConnectionHeader,
  secretInHeaderValue,
  socketPathInOneForm,
  socketPathMissingOnHost,
  socketRouteFaults,
  socketRouteNeedsHeader,
  socketRouteRedirected,
  socketRouteRetries,
  socketRouteRewritten,
  socketRouteTimeout,
  socketRouteUntested,
  testOnlySendsHeaders,
  underscoreInHeaderName,
  unreachablePathMatcher,
  unreachableRouteRule,
  urlMapAppendsCredential,
  urlMapOverwritesCredential,
  urlMapRemovesCredential,
  urlMapRemovesHandshakeHeader,
  weightedMembersDiffer,
];
