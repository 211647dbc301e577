import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildEdgeModel } from "../../probes/model/build.ts";
import { startEmulator } from "../../probes/emulator/start.ts";
import { readCdktfOut } from "../../probes/terraform/read-cdktf-out.ts";
import { startWitness } from "../../probes/witness/start.ts";
import { recordingProxy } from "./recording-proxy.ts";

export interface LiveEdge {
  /** Arguments that point `probe` at this edge. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** All bytes that any service received. */
  readonly received: () => string;
  readonly close: () => Promise<void>;
}

/**
 * A running edge as `probe --live` meets one: another process' sockets, real TLS, a witness behind every service with
 * a recording in front of it. `folder` takes the authority's certificate.
 */
export async function liveEdge(
  directory: string,
  folder: string,
  options: { readonly leak?: string } = {},
): Promise<LiveEdge> {
  const key = "key-of-the-live-witness";
  const model = buildEdgeModel(readCdktfOut(directory).find(({ name }) => name === "staging")!);
  const parts = await Promise.all(
    model.services.map(async ({ address, label }) => {
      const witness = await startWitness({ service: label ?? address, key, subprotocols: ["jwt-auth"] });
      return { address, witness, proxy: await recordingProxy(witness.port, options.leak) };
    }),
  );
  const backends = Object.fromEntries(
    parts.map(({ address, proxy }) => [address, { host: "127.0.0.1", port: proxy.port }]),
  );
  const emulator = await startEmulator(model, { backends });
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, emulator.ca ?? "");
  return {
    args: ["probe", "--live", `https://127.0.0.1:${emulator.ports.https}`, "--env", "staging", "--ca", ca],
    env: { HEADGATE_KEY: key },
    received: () => parts.map(({ proxy }) => proxy.received()).join("\n"),
    close: async () => {
      await emulator.close();
      await Promise.all(parts.flatMap(({ witness, proxy }) => [witness.close(), proxy.close()]));
    },
  };
}
