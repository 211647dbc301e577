import { writeFileSync } from "node:fs";
import { startEmulator } from "../../../probes/emulator/start.ts";
import type { BackendAddress, Emulator, EmulatorOptions } from "../../../probes/emulator/start.ts";
import { buildEdges } from "../../../probes/model/build.ts";
import { readSource } from "../../../probes/terraform/read-source.ts";
import type { Cloud } from "../stand-in-google/cloud.ts";
import { stateOf } from "./state.ts";

export const EDGES = ["public", "preview"] as const;
export type EdgeName = (typeof EDGES)[number];

/** One configuration of the cloud's edges as a front end of the balancer has it, served. */
export interface Configuration {
  /** Port of the HTTPS listener; undefined for an edge that has none. */
  readonly portOf: (edge: EdgeName) => number | undefined;
  readonly close: () => Promise<void>;
}

export interface Serving extends Pick<EmulatorOptions, "authority" | "clientAddress" | "seed"> {
  readonly backends: Readonly<Record<string, BackendAddress>>;
  /** Where the state is written for the product's own reader. */
  readonly stateFile: string;
}

/** Serves every edge that the cloud holds, as the product's own reader and model understand it. */
export async function serve(cloud: Cloud, { stateFile, ...options }: Serving): Promise<Configuration> {
  const state = stateOf(cloud);
  const emulators = new Map<EdgeName, Emulator>();
  const close = async (): Promise<void> => {
    await Promise.all([...emulators.values()].map((emulator) => emulator.close()));
  };
  if (state.values.root_module.resources.length === 0) return { portOf: () => undefined, close };
  writeFileSync(stateFile, JSON.stringify(state));
  const { graphs } = await readSource(stateFile);
  for (const model of graphs.flatMap((graph) => buildEdges(graph))) {
    const name = EDGES.find((edge) => edge === (model.edge ?? "public"));
    const isListening = model.listeners.some(
      ({ scheme, certificateNames }) => scheme === "https" && certificateNames.length > 0,
    );
    if (name !== undefined && isListening) emulators.set(name, await startEmulator(model, options));
  }
  return { portOf: (edge) => emulators.get(edge)?.ports.https, close };
}
