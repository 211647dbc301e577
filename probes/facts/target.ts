import type { Protocol } from "../../contract/contract.ts";
import type { Case, Endpoint } from "./case.ts";

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
