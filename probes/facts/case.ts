import type { Arrives, Client, Position, Protocol } from "../../contract/contract.ts";
import type { HeaderLine } from "../../http/header-list.ts";

/** One declared header of a case. */
export interface PlannedHeader {
  readonly id: string;
  readonly name: string;
  readonly arrives: Arrives;
  readonly declaredAt: Position;
  /** Template of what is sent; undefined: a canary. */
  readonly send?: string;
}

/** A header that this case cannot carry, and why. */
export interface SkippedHeader {
  readonly header: PlannedHeader;
  readonly reason: string;
}

/**
 * What a request tries beside the declared headers, which it carries and does not judge. `platform`: names that a proxy
 * must not pass on, and names that only a platform may set; `headroom`: credentials of twice their size; `subprotocols`:
 * the declared list in another length, or on two lines.
 */
export type Trial =
  | {
      readonly kind: "platform";
      readonly hopByHop: readonly string[];
      readonly identity: readonly string[];
      /** Identity headers that are not tried, and why; undefined: all of them are. */
      readonly untried?: { readonly names: string; readonly reason: string };
    }
  | { readonly kind: "headroom" }
  | { readonly kind: "subprotocols"; readonly entries: number; readonly lines: 1 | 2 };

/** One request to make: everything that is decided before any random value is drawn. */
export interface Case {
  readonly id: string;
  readonly env: string;
  readonly route: string;
  readonly routeAt: Position;
  readonly host: string;
  /** Declared path form that this case tries, and its place in the contract. */
  readonly form: string;
  readonly formAt: Position;
  /** Path to request; `${nonce}` in it is filled in when the request is made. */
  readonly path: string;
  readonly protocol: Protocol;
  readonly client: Client;
  /** Key of the declared service. */
  readonly service: string;
  readonly headers: readonly PlannedHeader[];
  readonly skipped: readonly SkippedHeader[];
  /** Subprotocol that the service must select. */
  readonly answer?: string;
  /** Host of the page that a browser's request comes from; undefined: the route's own. */
  readonly page?: string;
  /** Undefined for a request that carries the declared headers to have them judged. */
  readonly trial?: Trial;
}

/** A header that a trial sends, and the part of its value that is this request's own. */
export interface TriedHeader {
  readonly name: string;
  readonly role: "hop-by-hop" | "identity" | "doubled";
  readonly canary: string;
}

/** A case with its fresh values: exactly what a prober is to send. */
export interface Attempt {
  readonly case: Case;
  readonly nonce: string;
  /** Path and query. */
  readonly target: string;
  readonly lines: readonly HeaderLine[];
  /** Header id → the parts of its value that are this request's own, to be seen or not to be seen at the far side. */
  readonly canaries: Readonly<Record<string, readonly string[]>>;
  /** What the trial of the case sends; undefined: nothing. */
  readonly tried?: readonly TriedHeader[];
  /** Why no client of this kind can send the request at all. */
  readonly impossible?: string;
  /** What the client sends as a secret: credentials and canaries. */
  readonly credentials: readonly string[];
  /** Everything that no output may show: the credentials, and the signature that opens the witness. */
  readonly secrets: readonly string[];
}

/** A client's own certificate, for an edge that asks for one. Both are PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A forward proxy, asked for a tunnel with CONNECT (RFC 9110 §9.3.6). TLS goes through it, end to end. */
export interface ForwardProxy {
  readonly address: string;
  readonly port: number;
  /** Value of `Proxy-Authorization`; a secret. */
  readonly authorization?: string;
}

/** Where a prober connects for a case. */
export interface Endpoint {
  readonly scheme: "http" | "https";
  /** A name, or an IPv4 or IPv6 address without brackets. */
  readonly address: string;
  readonly port: number;
  /** Name for SNI, certificate check and `Host`. */
  readonly host: string;
  /** PEM of a private certificate authority; undefined: the system's. */
  readonly ca?: string;
  readonly client?: ClientCertificate;
  /** For `https` only. */
  readonly proxy?: ForwardProxy;
}
