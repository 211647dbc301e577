import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { PREVIEW_HEADER } from "../../contract/probe-protocol.ts";
import { STAMP_HEADER } from "../../contract/stamp.ts";
import { startEmulator } from "../../probes/emulator/start.ts";
import type { Emulator, EmulatorOptions } from "../../probes/emulator/start.ts";
import type { EdgeAt } from "../../probes/facts/target.ts";
import { buildEdges } from "../../probes/model/build.ts";
import type { EdgeModel } from "../../probes/model/edge-model.ts";
import { readSynthesized } from "../../probes/terraform/read-cdktf-out.ts";
import { startWitness } from "../../probes/witness/start.ts";
import { recordingProxy } from "./recording-proxy.ts";
import { referenceTerraform, routingMap } from "./reference.ts";
import type { EdgeId, Json } from "./reference.ts";

export const LIVE_KEY = "key-of-the-live-witness";

/** What Terraform has drawn. */
export const PREVIEW_TOKEN = "6f0e6a52-43f1-4f3c-9a53-token-of-tests";

export const HOSTS = ["api.example.com", "auth.example.com", "app.example.com"];

/** In the range that the reference contract lets in. */
const ALLOWED = "203.0.113.7";

export interface RunningEdge {
  /** How to come to it, with everything that opens it. */
  readonly at: EdgeAt;
  readonly emulator: Emulator;
  /** All bytes that any service received. */
  readonly received: () => string;
  readonly close: () => Promise<void>;
}

/** One of the two edges of production, in real TLS on loopback, a witness with a recording before it behind every service. */
export async function runningEdge(
  edge: EdgeId,
  options: { readonly model?: EdgeModel } & Partial<EmulatorOptions> = {},
): Promise<RunningEdge> {
  const model = options.model ?? productionEdge(edge);
  const services = await Promise.all(
    model.services.map(async ({ address, label }) => {
      const witness = await startWitness({ service: label ?? address, key: LIVE_KEY, subprotocols: ["jwt-auth"] });
      return { address, witness, proxy: await recordingProxy(witness.port) };
    }),
  );
  const backends = services.map(({ address, proxy }) => [address, { host: "127.0.0.1", port: proxy.port }] as const);
  const emulator = await startEmulator(model, {
    backends: Object.fromEntries(backends),
    clientAddress: ALLOWED,
    ...options,
  });
  return {
    at: {
      env: "production",
      ...(edge === "preview" && { edge, token: PREVIEW_TOKEN }),
      hosts: HOSTS,
      pinned: { scheme: "https", address: "127.0.0.1", port: emulator.ports.https! },
      ca: emulator.ca!,
      stamp: stampOn(edge),
    },
    emulator,
    received: () => services.map(({ proxy }) => proxy.received()).join("\n"),
    close: async () => {
      await emulator.close();
      await Promise.all(services.flatMap(({ witness, proxy }) => [witness.close(), proxy.close()]));
    },
  };
}

/** An edge of production as it is synthesized, with its token drawn, after a change of its Terraform. */
export function productionEdge(edge: EdgeId, plant: (terraform: Json) => void = () => undefined): EdgeModel {
  const terraform = referenceTerraform("production");
  plant(terraform);
  const drawn = JSON.stringify(terraform).replaceAll(/\$\{sensitive\([^)]+\)\}/g, PREVIEW_TOKEN);
  const edges = buildEdges({ ...readSynthesized(drawn, "cdk.tf.json", "production"), digest: "0".repeat(64) });
  return edges.find((model) => (model.edge === "preview") === (edge === "preview"))!;
}

/** The stamp that the URL map of an edge answers with. */
export function stampOn(edge: EdgeId): string {
  return stampLine(referenceTerraform("production"), edge).header_value as string;
}

/** The same edge from before a change: its map answers with another stamp, or with none. */
export function olderEdge(edge: EdgeId, stamp: string | null = "0".repeat(64)): EdgeModel {
  return productionEdge(edge, (terraform) => {
    if (stamp === null) stampLine(terraform, edge).header_name = "X-Other";
    else stampLine(terraform, edge).header_value = stamp;
  });
}

function stampLine(terraform: Json, edge: EdgeId): Json {
  const lines: Json[] = routingMap(terraform, edge).header_action.response_headers_to_add;
  return lines.find(({ header_name: name }: Json) => name === STAMP_HEADER);
}

/** Front ends of one address that do not all know a change yet: each connection goes to the port that `pick` says. */
export async function mixedFront(
  pick: (connection: number) => number,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    const upstream = connect(pick(count++), "127.0.0.1");
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => socket.destroy()));
    client.pipe(upstream).pipe(client);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The edge behind another port, with every certificate that may be shown there. */
export function through(port: number, ...edges: readonly EdgeAt[]): EdgeAt {
  const [first] = edges;
  return { ...first!, pinned: { ...first!.pinned!, port }, ca: edges.map(({ ca }) => ca).join("\n") };
}

/** How often the services received the header that opens the preview edge. */
export function ticketsIn(received: string): number {
  return received.toLowerCase().split(`${PREVIEW_HEADER.toLowerCase()}: ${PREVIEW_TOKEN}`).length - 1;
}
