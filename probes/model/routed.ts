import type { Problem, StagedAct, Unknown } from "../facts/provenance.ts";
import type { Destination, HeaderActions, RoutePolicy } from "./url-map.ts";

/** Where a request goes, the line that says so, and the header actions on the way, narrow to broad (fact U2). */
export interface Routed {
  readonly destination: Destination;
  readonly policy: RoutePolicy;
  readonly matchedBy: StagedAct;
  /** The host rule and the route rule that matched, as far as there are any. */
  readonly steps: readonly StagedAct[];
  readonly levels: readonly HeaderActions[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly Problem[];
  /** The part of the path that the rule names: what a rewrite or a redirect of a prefix replaces. */
  readonly matched: MatchedPath | undefined;
}

export type MatchedPath =
  | { readonly kind: "prefix"; readonly prefix: string; readonly isFolder: boolean }
  | { readonly kind: "whole" }
  /** It cannot be told, for the path of the rule is not known. */
  | { readonly kind: "open" }
  | { readonly kind: "template"; readonly groups: Readonly<Record<string, string>> };
