import type { ArrivesKind, Client, Position, Protocol } from "../../contract/contract.ts";
import type { HeaderObservation, ObservedLine } from "./observation.ts";
import type { Finding, Undecided } from "./finding.ts";
import type { Act } from "./provenance.ts";
import type { Waived } from "./waiver.ts";

export type CellState = "pass" | "fail" | "inconclusive" | "closed-by-design" | "not-applicable";
export type Verdict = "pass" | "contract-broken" | "usage" | "inconclusive" | "internal";

/** A value without the value: a keyed hash that is good for comparison inside one run, and the length in bytes. */
export interface Fingerprint {
  readonly hash: string;
  readonly bytes: number;
}

/** One judged thing: one rule on one header (or on the whole case) of one route, path, protocol and client. */
export interface Cell {
  readonly id: string;
  readonly env: string;
  readonly route: string;
  readonly rule: string;
  /** Null for a rule about the whole request. */
  readonly header: string | null;
  readonly arrives: ArrivesKind | null;
  readonly protocol: Protocol;
  readonly client: Client;
  readonly path: string;
  readonly host: string;
  readonly state: CellState;
  readonly observation: HeaderObservation | null;
  readonly sent: readonly Fingerprint[];
  readonly arrived: readonly Fingerprint[];
  /** What became of each line, where the header stood on several at either end. */
  readonly lines?: readonly ObservedLine[];
  /** Who answered, and with which status; null when nobody did. */
  readonly answeredBy: {
    readonly service: string | null;
    readonly revision: string | null;
    readonly status: number;
  } | null;
  readonly expectedService: string;
  readonly by: readonly Act[];
  readonly declaredAt: Position;
  readonly reason?: string;
  /** Id of the failed cell whose consequence this one is. */
  readonly consequenceOf?: string;
  /** Of a failed cell: somebody accepts it for a while; it fails nothing. */
  readonly waived?: Waived;
}

/** Wording of a rule, carried with the result so that a report needs nothing else. */
export interface RuleText {
  readonly id: string;
  readonly title: string;
  readonly because: string;
  readonly fix: string;
  readonly sources: readonly string[];
}

/** A check of the run itself: one positive and one negative for every way of looking. */
export interface Control {
  readonly id: string;
  readonly kind: "positive" | "negative";
  readonly protocol: Protocol;
  readonly env: string;
  readonly state: "pass" | "fail" | "inconclusive";
  readonly reason?: string;
}

/** How a configuration was given: synthesized, written, planned, applied, exported; or an edge that is running. */
export type ConfigurationKind = "cdktf" | "directory" | "plan" | "state" | "export" | "live";

export interface RouteCoverage {
  readonly env: string;
  readonly route: string;
  readonly form: string;
  readonly protocol: Protocol;
  readonly witnessed: number;
  readonly attempted: number;
  readonly at: Position;
}

export interface Counts {
  readonly environments: number;
  readonly routes: number;
  readonly headers: number;
  readonly httpRequests: number;
  readonly upgrades: number;
  readonly pass: number;
  /** Without those that are waived. */
  readonly fail: number;
  /** Failed, and accepted by a waiver. */
  readonly waived: number;
  readonly inconclusive: number;
  readonly consequences: number;
  readonly notApplicable: number;
}

export interface Step {
  readonly name: string;
  readonly state: "done" | "failed" | "not-run";
  readonly detail: string;
}

/** The canonical result of a run; every report renders this and nothing else. */
export interface Result {
  readonly schema: "headgate-report/1";
  readonly run: {
    readonly id: string;
    readonly verb: string;
    readonly tool: string;
    readonly contract: { readonly file: string; readonly digest: string };
    readonly configuration: { readonly kind: ConfigurationKind; readonly at: string; readonly digest: string | null };
    readonly env: readonly string[];
    readonly startedAt: string;
    readonly durationMs: number;
  };
  readonly verdict: Verdict;
  readonly exitCode: number;
  /** Why the verdict is not a pass, most important first; empty for a pass. */
  readonly reasons: readonly string[];
  readonly counts: Counts;
  readonly steps: readonly Step[];
  readonly cells: readonly Cell[];
  readonly rules: readonly RuleText[];
  /** Findings of static rules; empty for a verb that runs none. */
  readonly findings: readonly Finding[];
  /** What static rules could not look at. */
  readonly undecided?: readonly Undecided[];
  readonly controls: readonly Control[];
  readonly coverage: readonly RouteCoverage[];
  /** Declared parts that this verb does not look at, with the reason. */
  readonly notLookedAt: readonly string[];
  /** Open questions on which some answer depends. */
  readonly assumptions: readonly string[];
  readonly timings: readonly { readonly phase: string; readonly ms: number }[];
}
