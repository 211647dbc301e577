import type { Endpoint } from "../facts/case.ts";
import type { Target } from "../facts/target.ts";
import { startEmulator } from "../emulator/start.ts";
import type { EmulatorOptions } from "../emulator/start.ts";
import { startWitness } from "../witness/start.ts";
import type { Witness } from "../witness/start.ts";

export interface EmulatedOptions extends Pick<EmulatorOptions, "seed" | "assumptions" | "clientAddress"> {
  /** Key that opens the witnesses. */
  readonly key: string;
  /** Each Cloud Run service: its address, what its witness calls itself, and which subprotocols it selects. */
  readonly services: readonly {
    readonly address: string;
    readonly name: string;
    readonly subprotocols: readonly string[];
  }[];
}

/** The modelled edge on loopback, with a witness in place of every Cloud Run service. */
export async function emulatedTarget(
  model: Parameters<typeof startEmulator>[0],
  options: EmulatedOptions,
): Promise<Target> {
  const witnesses = await Promise.all(
    options.services.map(async ({ address, name, subprotocols }) => ({
      address,
      name,
      witness: await startWitness({ service: name, key: options.key, subprotocols }),
    })),
  );
  const backends = Object.fromEntries(
    witnesses.map(({ address, witness }) => [address, { host: "127.0.0.1", port: witness.port }]),
  );
  const emulator = await startEmulator(model, { ...options, backends });
  return {
    kind: "emulated",
    endpointFor: ({ host }): Endpoint => ({
      scheme: "https",
      address: "127.0.0.1",
      port: emulator.ports.https ?? 0,
      host,
      ...(emulator.ca !== undefined && { ca: emulator.ca }),
    }),
    // Straight to each witness, so that a fault of the edge cannot pass for a fault of the probe.
    controlLegs: witnesses.map(({ name, witness }) => ({
      name,
      group: name,
      endpoint: { scheme: "http", address: "127.0.0.1", port: witness.port, host: "witness.example.com" },
      path: "/",
      protocols: ["http", "websocket"],
    })),
    close: async () => {
      await emulator.close();
      await Promise.all(witnesses.map(({ witness }: { witness: Witness }) => witness.close()));
    },
  };
}
