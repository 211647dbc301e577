import { startEmulator } from "../../../probes/emulator/start.ts";
import type { Emulator } from "../../../probes/emulator/start.ts";
import type { EdgeModel } from "../../../probes/model/edge-model.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { SIGNATURE_HEADER, sign } from "../../../contract/probe-protocol.ts";
import type { WitnessReport } from "../../../contract/probe-protocol.ts";
import { rawClient, rawTlsClient, requestBytes } from "../raw-sockets.ts";
import type { RawPeer } from "../raw-sockets.ts";
import { accountOfWitness } from "./compare.ts";
import type { Account } from "./compare.ts";
import type { Line, OracleRequest } from "./types.ts";

const KEY = "a-key-for-the-oracle-tests";
let drawn = 0;

/** A line that opens the witness once; part of the request, for the oracle too. */
export function signature(): Line {
  const claim = { environment: "staging", route: "r", nonce: `n${drawn++}`, expiresAt: Date.now() + 600_000 };
  return [SIGNATURE_HEADER, sign(claim, KEY)];
}

export interface Witnesses {
  readonly backends: Readonly<Record<string, { host: string; port: number }>>;
  readonly close: () => Promise<void>;
}

/** A witness behind every Cloud Run service of a model; each says by its address who it is. */
export async function startWitnesses(services: readonly { readonly address: string }[]): Promise<Witnesses> {
  const started = await Promise.all(
    services.map(async ({ address }) => [address, await startWitness({ service: address, key: KEY })] as const),
  );
  return {
    backends: Object.fromEntries(started.map(([address, { port }]) => [address, { host: "127.0.0.1", port }])),
    close: async () => void (await Promise.all(started.map(([, witness]) => witness.close()))),
  };
}

export interface WireEdge {
  readonly emulator: Emulator;
  /** Sends the request's bytes and says what came of it. */
  readonly send: (request: OracleRequest) => Promise<Received>;
  readonly close: () => Promise<void>;
}

/** `report` is missing where the service was reached and would not testify. */
export interface Received {
  readonly status: number;
  readonly location: string | undefined;
  readonly report: WitnessReport | undefined;
}

interface WireOptions {
  readonly clientAddress: string;
  readonly reading?: Readonly<Record<string, string>>;
  readonly tls?: boolean;
}

export async function startWireEdge(model: EdgeModel, witnesses: Witnesses, options: WireOptions): Promise<WireEdge> {
  const { clientAddress, reading = {}, tls = false } = options;
  const emulator = await startEmulator(model, {
    tls,
    backends: witnesses.backends,
    clientAddress,
    assumptions: reading,
  });
  const connect = (scheme: "http" | "https", host: string): Promise<RawPeer> =>
    tls && scheme === "https"
      ? rawTlsClient(emulator.ports.https!, host, emulator.ca!)
      : rawClient(emulator.ports[scheme]!);
  const send = async (request: OracleRequest): Promise<Received> => {
    const host = request.headers.find(([name]) => name.toLowerCase() === "host")![1];
    const peer = await connect(request.scheme, host);
    try {
      peer.send(bytesOf(request));
      return await receive(peer);
    } finally {
      peer.socket.destroy();
    }
  };
  return { emulator, send, close: () => emulator.close() };
}

function bytesOf({ method, target, headers }: OracleRequest): string {
  return requestBytes(
    `${method} ${target} HTTP/1.1`,
    headers.map(([name, value]) => `${name}: ${value}`),
  );
}

async function receive(peer: RawPeer): Promise<Received> {
  const { status, headers } = await peer.responseHead();
  const header = (wanted: string): string | undefined => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const answer = { status, location: header("location") };
  if (status === 101) return { ...answer, report: JSON.parse(await firstMessage(peer)) as WitnessReport };
  const body = await peer.take(Number(header("content-length") ?? 0));
  const testified = status === 200 && header("content-type") === "application/json";
  return { ...answer, report: testified ? (JSON.parse(body) as WitnessReport) : undefined };
}

/** RFC 6455 section 5.2: one unmasked text frame, as a server sends it. */
async function firstMessage(peer: RawPeer): Promise<string> {
  const [, second] = Buffer.from(await peer.take(2), "latin1");
  if (second! < 126) return peer.take(second!);
  const width = second === 126 ? 2 : 8;
  const length = Buffer.from(await peer.take(width), "latin1");
  return Buffer.from(
    await peer.take(Number(length.readUIntBE(width === 8 ? 2 : 0, width === 8 ? 6 : 2))),
    "latin1",
  ).toString();
}

/** What was received, in the shape in which the oracle's answer is compared; the backend is not seen by a service. */
export function accountOfReceived({ status, location, report }: Received, backend: string | undefined): Account {
  if (report !== undefined) return accountOfWitness(backend ?? "", report.service, report.target, report.headers);
  // IAP sends a client to an address that the configuration does not hold.
  if (status >= 300 && status < 400 && location !== undefined)
    return { kind: "redirect", statuses: [status], location };
  return { kind: status === 501 ? "unknown" : "rejected", statuses: [status] };
}
