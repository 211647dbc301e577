import { afterEach } from "vitest";
import { startEmulator } from "../../probes/emulator/start.ts";
import type { Emulator, EmulatorOptions } from "../../probes/emulator/start.ts";
import { ADDRESS, HOST, edgeModel } from "./edge-fixture.ts";
import type { SmallEdge } from "./edge-fixture.ts";
import { rawClient, requestBytes, startRawServer } from "./raw-sockets.ts";
import type { RawPeer, RawServer } from "./raw-sockets.ts";

/** Things to close after each test of a file, last opened first. */
export function closeAfterEach(): <T extends { close: () => unknown }>(opened: T) => T {
  const opened: { close: () => unknown }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  return (one) => {
    opened.push(one);
    return one;
  };
}

export interface EmulatedEdge {
  readonly emulator: Emulator;
  /** Stands in for the service behind `/ws`: a test reads what arrives there and writes the answer. */
  readonly backend: RawServer;
  /** A connection to the HTTPS listener, which is served in clear text. */
  readonly client: () => Promise<RawPeer>;
  readonly close: () => Promise<void>;
}

/** The emulated small edge in clear text, with a raw TCP server as its backend. */
export async function startEdge(
  options: {
    readonly patch?: (edge: SmallEdge) => void;
    readonly answer?: (peer: RawPeer) => unknown;
    readonly emulator?: Partial<EmulatorOptions>;
  } = {},
): Promise<EmulatedEdge> {
  const backend = await startRawServer(options.answer);
  const emulator = await startEmulator(edgeModel(options.patch), {
    tls: false,
    backends: { [ADDRESS.apiService]: { host: "127.0.0.1", port: backend.port } },
    ...options.emulator,
  });
  return {
    emulator,
    backend,
    client: () => rawClient(emulator.ports.https!),
    close: async () => {
      await emulator.close();
      await backend.close();
    },
  };
}

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
export const SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

/** Answers every request without a body with 200. */
export async function answerOk(peer: RawPeer): Promise<void> {
  await peer.requestHead();
  peer.send(OK);
}

export const get = (lines: readonly string[] = [], target = "/ws"): string =>
  requestBytes(`GET ${target} HTTP/1.1`, [`Host: ${HOST}`, ...lines]);

export const handshake = (lines: readonly string[] = [], target = "/ws"): string =>
  get(
    [
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      ...lines,
    ],
    target,
  );

export const post = (lines: readonly string[], body: string): string =>
  requestBytes("POST /ws HTTP/1.1", [`Host: ${HOST}`, ...lines], body);
