import type { Protocol } from "../../contract/contract.ts";
import type { Case, ClientCertificate, Endpoint, ForwardProxy } from "./case.ts";

/** A way to a witness that can be used to prove the probe itself. */
export interface ControlLeg {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly protocols: readonly Protocol[];
  /** Legs of one group stand in for each other: one that holds is enough. */
  readonly group: string;
}

/** What probes are sent to. A prober cannot tell an emulated edge from a live one. */
export interface Target {
  readonly kind: "emulated" | "live";
  readonly endpointFor: (planned: Case) => Endpoint;
  readonly controlLegs: readonly ControlLeg[];
  readonly close: () => Promise<void>;
}

/** Where to connect in place of what the names resolve to; the real names stay in SNI, `Host` and the check. */
export interface Pinned {
  readonly scheme: "http" | "https";
  /** A name, or an address without brackets. */
  readonly address: string;
  readonly port: number;
}

/** How connections to a running edge are made, besides where to. */
export interface Transport {
  /** Shown to an edge that asks for a client certificate. */
  readonly client?: ClientCertificate;
  readonly proxy?: ForwardProxy;
  /** Names that are reached without the proxy: `NO_PROXY` as it is written. */
  readonly noProxy?: string;
}

/** A running edge, and how to come to it. */
export interface EdgeAt {
  /** Environment of the contract. */
  readonly env: string;
  /** Undefined: the edge that users meet. */
  readonly edge?: "preview";
  /** Every name that it answers to. */
  readonly hosts: readonly string[];
  readonly pinned?: Pinned;
  /** PEM of a private authority; undefined: the system's. */
  readonly ca?: string;
  readonly transport?: Transport;
  /** Value of the header that opens the preview edge; a secret. */
  readonly token?: string;
  /** What its URL map answers in `X-Headgate-Stamp` once it is the one that is meant. */
  readonly stamp: string;
}
