import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { endOfHead, parseRequestHead, writeHead } from "../../http/head.ts";
import type { HeaderLine, HeaderList } from "../../http/header-list.ts";
import type { EdgeModel } from "../../probes/model/edge-model.ts";
import { buildEdgeModel } from "../../probes/model/build.ts";
import { traceRequest } from "../../probes/model/trace.ts";
import { readCdktfOut } from "../../probes/terraform/read-cdktf-out.ts";
import { startWitness } from "../../probes/witness/start.ts";
import type { RawPeer } from "./raw-sockets.ts";
import type { LiveEdge } from "./live-edge.ts";
import { startTlsServer } from "./tls-server.ts";

const KEY = "key-of-the-live-witness";

export interface Tampering {
  /** What the edge gets wrong: lines that the service ought to receive, and those that the client sent → what it gets. */
  readonly tamper?: (arriving: HeaderList, sent: HeaderList) => readonly HeaderLine[];
  /** Largest head that is passed on, in bytes; larger ones are a 431. */
  readonly maxHead?: number;
  /** Subprotocols that the services select; default: the declared one. */
  readonly subprotocols?: readonly string[];
}

/**
 * An edge that does what the reference configuration says but for one fault that no configuration can express: as `probe
 * --live` meets one, over real TLS, with a witness behind every service.
 */
export async function tamperingEdge(
  directory: string,
  folder: string,
  fault: Tampering,
): Promise<Omit<LiveEdge, "received">> {
  const model = buildEdgeModel(readCdktfOut(directory).find(({ name }) => name === "staging")!);
  const witnesses = await Promise.all(
    model.services.map(async ({ address, label }) => {
      const options = { service: label ?? address, key: KEY, subprotocols: fault.subprotocols ?? ["jwt-auth"] };
      return { address, witness: await startWitness(options) };
    }),
  );
  const ports = new Map(witnesses.map(({ address, witness }) => [address, witness.port]));
  const names = model.listeners.flatMap(({ certificateNames }) => certificateNames);
  const server = await startTlsServer(names, ({ socket }: RawPeer) => serve(socket, { model, ports, fault }));
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, server.ca);
  return {
    args: ["probe", "--live", `https://127.0.0.1:${server.port}`, "--env", "staging", "--ca", ca],
    env: { HEADGATE_KEY: KEY },
    close: async () => {
      await server.close();
      await Promise.all(witnesses.map(({ witness }) => witness.close()));
    },
  };
}

interface Edge {
  readonly model: EdgeModel;
  readonly ports: ReadonlyMap<string, number>;
  readonly fault: Tampering;
}

/** One request a connection, as the probers make them; behind the head both ways are a pipe. */
function serve(client: Socket, edge: Edge): void {
  let bytes: Buffer = Buffer.alloc(0);
  client.on("error", () => client.destroy()).on("data", read);
  function read(chunk: Buffer): void {
    bytes = Buffer.concat([bytes, chunk]);
    const end = endOfHead(bytes);
    if (end === -1) return;
    client.off("data", read);
    forward(client, bytes.subarray(0, end), edge);
  }
}

function forward(client: Socket, bytes: Buffer, { model, ports, fault: { tamper, maxHead = Infinity } }: Edge): void {
  const refuse = (status: number): void =>
    void client.end(writeHead(`HTTP/1.1 ${status} Refused`, [["content-length", "0"]]));
  const head = parseRequestHead(bytes);
  if ("error" in head) return refuse(400);
  if (bytes.length > maxHead) return refuse(431);
  const trace = traceRequest(model, {
    scheme: "https",
    ...head,
    clientAddress: "203.0.113.7",
    edgeAddress: "203.0.113.9",
    traceId: "0".repeat(32),
  });
  if (trace.forward === undefined) return refuse(502);
  const { target, headers } = trace.forward;
  const upstream = connect(ports.get(trace.service ?? "") ?? 0, "127.0.0.1");
  upstream.on("error", () => client.destroy()).on("close", () => client.end());
  client.on("close", () => upstream.destroy());
  upstream.write(writeHead(`${head.method} ${target} HTTP/1.1`, tamper?.(headers, head.headers) ?? headers));
  upstream.pipe(client).pipe(upstream);
}
