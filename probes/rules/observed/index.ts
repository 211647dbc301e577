import type { ArrivesKind } from "../../../contract/contract.ts";
import type { CaseRule, HeaderRule } from "../define-rule.ts";
import { certificateCoversHost } from "./certificate-covers-host.ts";
import { headerAppended } from "./header-appended.ts";
import { headerNever } from "./header-never.ts";
import { headerPresent } from "./header-present.ts";
import { headerSet } from "./header-set.ts";
import { headerSizeHeadroom } from "./header-size-headroom.ts";
import { headerUnchanged } from "./header-unchanged.ts";
import { hopByHopNotForwarded } from "./hop-by-hop-not-forwarded.ts";
import { hostIntact } from "./host-intact.ts";
import { identityNotForgeable } from "./identity-not-forgeable.ts";
import { originIntact } from "./origin-intact.ts";
import { reachesDeclaredService } from "./reaches-declared-service.ts";
import { subprotocolAnswered } from "./subprotocol-answered.ts";
import { subprotocolListWhole } from "./subprotocol-list-whole.ts";
import { tokenNeverEchoed } from "./token-never-echoed.ts";

/** The rule for each way a header can be declared to arrive; the compiler asks for a missing one. */
export const HEADER_RULES = {
  unchanged: headerUnchanged,
  present: headerPresent,
  appended: headerAppended,
  set: headerSet,
  never: headerNever,
} as const satisfies Record<ArrivesKind, HeaderRule>;

/** Rules on whole requests, in the order in which a request meets what they are about. */
export const CASE_RULES: readonly CaseRule[] = [
  certificateCoversHost,
  reachesDeclaredService,
  headerSizeHeadroom,
  hostIntact,
  originIntact,
  hopByHopNotForwarded,
  identityNotForgeable,
  subprotocolListWhole,
  subprotocolAnswered,
  tokenNeverEchoed,
];

export const OBSERVED_RULES: readonly (HeaderRule | CaseRule)[] = [...CASE_RULES, ...Object.values(HEADER_RULES)];
