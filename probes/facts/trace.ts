import type { HeaderLine } from "../../http/header-list.ts";
import type { Problem, StagedAct, Unknown } from "./provenance.ts";

/** A request as a client puts it on the wire, and the listener it comes in by. */
export interface EdgeRequest {
  readonly scheme: "http" | "https";
  readonly method: string;
  /** Request target in origin form: path and query. */
  readonly target: string;
  readonly headers: readonly HeaderLine[];
  readonly clientAddress: string;
  readonly edgeAddress: string;
  /** 32 hexadecimal digits: the id that the edge draws for this request (facts H4, R8). */
  readonly traceId: string;
  /** Number from 0 up to 1 that chance draws for this request; without it an answer tells of every way it may fall. */
  readonly draw?: number;
}

export type Outcome =
  | "backend"
  | "redirect"
  | "tls-error"
  | "no-listener"
  | "rejected-by-edge"
  | "answered-by-edge"
  | "fault-injected"
  | "unknown";

export type HeaderState = "same" | "added" | "replaced" | "appended" | "removed" | "absent" | "unknown";

/** What happens to all lines of one header name. `arrives` is null where a value cannot be known. */
export interface TracedHeader {
  readonly name: string;
  readonly state: HeaderState;
  readonly sent: readonly string[];
  readonly arrives: readonly (string | null)[];
  readonly by: readonly StagedAct[];
}

/** An answer that the edge gives itself, without a service. */
export interface EdgeAnswer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  readonly by: StagedAct;
}

/** What is written into a response on its way back. */
export type ResponseAction =
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "add"; readonly name: string; readonly value: string; readonly replace: boolean };

/** What is sent to the service. */
export interface ForwardedRequest {
  readonly target: string;
  /** Values that cannot be known stand as a placeholder. */
  readonly headers: readonly HeaderLine[];
  /** Applied to the response in this order, on the 101 too where the assumption says so. */
  readonly responseActions: readonly ResponseAction[];
  /** The edge waits this long before it sends the request on (a fault that was asked for). */
  readonly delayMs?: number;
  /** The edge gives up after this long. */
  readonly timeoutMs?: number;
}

/** One way that chance may send a request. */
export interface Draw {
  readonly backend: string;
  readonly service?: string;
  readonly weight: number;
}

/** The answer of the model to one request: where it goes, what arrives, and which lines decided it. */
export interface Trace {
  readonly outcome: Outcome;
  /** Terraform addresses, where the request reaches a backend. */
  readonly backend?: string;
  readonly service?: string;
  /** Why a request that reaches a backend names no service. */
  readonly reasons?: { readonly service?: string };
  /** Where chance decides: all that it may choose, with their weights. */
  readonly backends?: readonly Draw[];
  /** Where the routing decision stands. */
  readonly matchedBy?: StagedAct;
  /** The way of the request, in order: what it met and which place decided; header actions stand with their headers. */
  readonly steps?: readonly StagedAct[];
  readonly headers: readonly TracedHeader[];
  readonly forward?: ForwardedRequest;
  readonly answer?: EdgeAnswer;
  readonly unknowns: readonly Unknown[];
  /** What Terraform or Google would refuse in the lines that this request meets. */
  readonly problems?: readonly Problem[];
  /** What answers and is not described by the configuration: revisions that were deployed earlier. */
  readonly notes: readonly string[];
  /** Names of the open questions whose answer changes this trace. */
  readonly dependsOn: readonly string[];
}

/** What became of one header name on its way to a service, and the place that did it. Never a value. */
export interface HeaderChange {
  readonly name: string;
  readonly state: HeaderState;
  /** The last one that changed it: it had the last word. */
  readonly by?: StagedAct;
}

/** One request that the emulated edge answered or passed on. Holds no header value and no query. */
export interface AccessRecord {
  /** Milliseconds since the epoch, when the head of the request was read. */
  readonly at: number;
  readonly scheme: "http" | "https";
  readonly method: string;
  readonly host: string;
  /** Path alone: a query may hold credentials. */
  readonly path: string;
  readonly websocket: boolean;
  /** Undefined where the client left before there was an answer. */
  readonly status?: number;
  readonly outcome: Outcome;
  /** Terraform addresses, as far as the request came. */
  readonly route?: StagedAct;
  readonly backend?: string;
  readonly service?: string;
  readonly durationMs: number;
  readonly changes: readonly HeaderChange[];
  /** Why the edge answered in place of a service, or what failed. */
  readonly note?: string;
}
