import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildEdgeModel } from "../../probes/model/build.ts";
import { startEmulator } from "../../probes/emulator/start.ts";
import { readCdktfOut } from "../../probes/terraform/read-cdktf-out.ts";
import { startWitness } from "../../probes/witness/start.ts";
import type { Witness } from "../../probes/witness/start.ts";
import { recordingProxy } from "./recording-proxy.ts";
import type { RecordingProxy } from "./recording-proxy.ts";

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
  const parts: { readonly witness: Witness; readonly proxy: RecordingProxy }[] = [];
  const edge = await edgeBefore(directory, folder, async (service) => {
    const witness = await startWitness({ service, key, subprotocols: ["jwt-auth"] });
    const proxy = await recordingProxy(witness.port, options.leak);
    parts.push({ witness, proxy });
    return proxy.port;
  });
  return {
    args: edge.args,
    env: { HEADGATE_KEY: key },
    received: () => parts.map(({ proxy }) => proxy.received()).join("\n"),
    close: async () => {
      await edge.close();
      await Promise.all(parts.flatMap(({ witness, proxy }) => [witness.close(), proxy.close()]));
    },
  };
}

/**
 * The emulated staging edge with TLS, each service answered by the server on loopback whose port `serve` gives, and the
 * arguments that point `probe` at it. `folder` takes the authority's certificate.
 */
export async function edgeBefore(
  directory: string,
  folder: string,
  serve: (service: string) => Promise<number>,
): Promise<Pick<LiveEdge, "args" | "close">> {
  const model = buildEdgeModel(readCdktfOut(directory).find(({ name }) => name === "staging")!);
  const backends = await Promise.all(
    model.services.map(async ({ address, label }) => {
      return [address, { host: "127.0.0.1", port: await serve(label ?? address) }] as const;
    }),
  );
  const emulator = await startEmulator(model, { backends: Object.fromEntries(backends) });
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, emulator.ca ?? "");
  return {
    args: ["probe", "--live", `https://127.0.0.1:${emulator.ports.https}`, "--env", "staging", "--ca", ca],
    close: emulator.close,
  };
}
