import type { HeaderLine } from "../../http/header-list.ts";
import type { Act, Unknown } from "./provenance.ts";

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
  readonly by: readonly Act[];
}

/** An answer that the edge gives itself, without a service. */
export interface EdgeAnswer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly body: string;
  readonly by: Act;
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
}

/** The answer of the model to one request: where it goes, what arrives, and which lines decided it. */
export interface Trace {
  readonly outcome: Outcome;
  /** Terraform addresses, where the request reaches a backend. */
  readonly backend?: string;
  readonly service?: string;
  /** Where the routing decision stands. */
  readonly matchedBy?: Act;
  readonly headers: readonly TracedHeader[];
  readonly forward?: ForwardedRequest;
  readonly answer?: EdgeAnswer;
  readonly unknowns: readonly Unknown[];
  /** What answers and is not described by the configuration: revisions that were deployed earlier. */
  readonly notes: readonly string[];
  /** Names of the open questions whose answer changes this trace. */
  readonly dependsOn: readonly string[];
}
