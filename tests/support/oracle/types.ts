/**
 * A second, naive reading of what the edge does to one request. It shares no code with the product, not even the
 * grammar of HTTP: two readings of the same facts that were written apart can be compared.
 */
export type Line = readonly [name: string, value: string];

/** A value that cannot be told from the configuration; it is not an unknown effect. */
export const UNKNOWN_VALUE = Symbol("unknown value");
export type Text = string | typeof UNKNOWN_VALUE;

export type ArrivingLine = readonly [name: string, value: Text];

export interface OracleRequest {
  readonly scheme: "http" | "https";
  readonly method: string;
  /** Request target in origin form. */
  readonly target: string;
  readonly headers: readonly Line[];
  readonly clientAddress: string;
  readonly edgeAddress: string;
}

/** `statuses`: more than one where the facts name more than one and do not choose. */
export type OracleOutcome =
  | { readonly kind: "backend"; readonly backend: string; readonly service: string }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string }
  | { readonly kind: "rejected"; readonly statuses: readonly number[]; readonly rows: readonly string[] }
  | { readonly kind: "tls-error" }
  | { readonly kind: "no-listener" }
  | { readonly kind: "unknown"; readonly rows: readonly string[] };

export interface OracleAnswer {
  readonly outcome: OracleOutcome;
  /** Lines at the container, names in lower case, in order; empty unless the outcome is a backend. */
  readonly arrives: readonly ArrivingLine[];
  /** Request target at the container. */
  readonly target?: string;
}

/** Rules that a test can switch off, each named for the fact or row that it takes its behaviour from. */
export type OracleRule =
  | "U11 host"
  | "U12 wildcard path"
  | "U13 priority"
  | "U13 exact path"
  | "U2 order"
  | "U3 remove first"
  | "U4 replace"
  | "V3 unknown variable"
  | "V4 overwrite"
  | "V5 url map wins"
  | "H1 via"
  | "H2 forwarded proto"
  | "H3 forwarded for"
  | "H4 trace context"
  | "H5 hop by hop"
  | "H5b nominated"
  | "H6 upgrade pair"
  | "H7 other upgrade"
  | "H14 names"
  | "H20 custom method"
  | "H22 slashes"
  | "H27 size"
  | "P6 deny"
  | "P6 preview rule"
  | "R4 h2c"
  | "R8 forwarded"
  | "R10 iam"
  | "R13 several"
  | "U21 redirect"
  | "certificate";

export interface OracleOptions {
  /** Which edge of the configuration: value of the label `headgate-edge`, or undefined for listeners without it. */
  readonly edge?: string;
  /** Answers to the open questions, by the names that the model gives them; the first documented reading otherwise. */
  readonly reading?: Readonly<Record<string, string>>;
  readonly off?: ReadonlySet<OracleRule>;
}

/** What every stage needs to know. */
export interface Ask {
  readonly request: OracleRequest;
  readonly on: (rule: OracleRule) => boolean;
  readonly reads: (question: string, usual: string) => string;
}

/** Ends the journey with an answer; every stage may throw it. */
export class Stop extends Error {
  readonly outcome: OracleOutcome;

  constructor(outcome: OracleOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

export function cannotTell(...rows: string[]): never {
  throw new Stop({ kind: "unknown", rows });
}

export function refuse(rows: string[], ...statuses: number[]): never {
  throw new Stop({ kind: "rejected", statuses, rows });
}
