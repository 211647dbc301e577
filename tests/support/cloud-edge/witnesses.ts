import { startWitness } from "../../../probes/witness/start.ts";
import type { Witness } from "../../../probes/witness/start.ts";
import type { Served } from "./served-revision.ts";

export interface WitnessChoice {
  /** Key that opens them. */
  readonly key: string;
  /** Subprotocols that they select. Default: `jwt-auth`. */
  readonly subprotocols?: readonly string[];
}

export interface Witnesses {
  /** Port of the witness that says it is this revision of this service; started when first asked for. */
  readonly portOf: (served: Served) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** A witness for every revision of every service that is reached. */
export function witnesses({ key, subprotocols = ["jwt-auth"] }: WitnessChoice): Witnesses {
  const started = new Map<string, Promise<Witness>>();
  return {
    portOf: async (served) => {
      const name = `${served.service} ${served.revision}`;
      const witness = started.get(name) ?? startWitness({ ...served, key, subprotocols });
      started.set(name, witness);
      return (await witness).port;
    },
    close: async () => {
      await Promise.all([...started.values()].map(async (witness) => (await witness).close()));
    },
  };
}
