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
  /** Number from 0 up to 1 by which chance decides among weighted services (U20). */
  readonly draw?: number;
}

/** The balancers that the facts compare: their differences stand in sections 1.3 and 2. */
export type Balancer = "global" | "classic" | "regional";

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
  /**
   * Lines at the container, names in lower case, in order. Of a request of which nobody can tell whether it is let in:
   * what arrives if it is. Empty where nothing arrives, and where nothing can be said of it.
   */
  readonly arrives: readonly ArrivingLine[];
  /** Request target at the container. */
  readonly target?: string;
  /** Weights of the services among which chance decides, where it has several to choose from. */
  readonly weights?: readonly number[];
}

/** Rules that a test can switch off, each named for the fact or row that it takes its behaviour from. */
export type OracleRule =
  | "U11 host"
  | "U11 wildcard"
  | "U12 longest"
  | "U13 or"
  | "U13 ignore case"
  | "U13 template"
  | "U13 query"
  | "U15 header"
  | "U15 invert"
  | "U20 weights"
  | "U22 rewrite"
  | "U23 preflight"
  | "W5 fault"
  | "V12 armor header"
  | "P2 consumed"
  | "P3 proxy authorization"
  | "P4 identity"
  | "S11 mask"
  | "R11 serverless token"
  | "R12 signature"
  | "U9 classic"
  | "H19 keep alive"
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
  /** Notes that it cannot be told whether the request is let in, by these rows; its journey goes on as if it were. */
  readonly doubt: (...rows: string[]) => void;
  /** Notes that Google refuses the configuration, by these rows. */
  readonly refused: (...rows: string[]) => void;
}

/** The balancer that a request comes to, and by which of the two columns of section 1.3 it treats a request. */
export interface Edge {
  readonly balancer: Balancer;
  readonly like: "global" | "classic";
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
