import { expect } from "vitest";
import type { RequestHead } from "../../http/head.ts";
import type { Case } from "../../probes/facts/case.ts";
import type { Observation } from "../../probes/facts/observation.ts";
import { probeHttp } from "../../probes/probers/http.ts";
import { probeRaw } from "../../probes/probers/raw.ts";
import { probeWebSocket } from "../../probes/probers/websocket.ts";
import { attemptOf, deadline, endpointAt } from "./attempt-fixture.ts";
import { eventually, startRawServer } from "./raw-sockets.ts";
import type { RawPeer } from "./raw-sockets.ts";
import { acceptOf, switching } from "./websocket-bytes.ts";

/** Every instrument with the kind of request that it sends. */
export const INSTRUMENTS = [
  ["http", "http", probeHttp],
  ["raw GET", "http", probeRaw],
  ["websocket", "websocket", probeWebSocket],
  ["raw upgrade", "websocket", probeRaw],
] as const;
export const UPGRADES = INSTRUMENTS.filter(([, protocol]) => protocol === "websocket");
export type Probe = typeof probeRaw;

/** Makes one attempt at a server that answers so, and checks that it leaves no connection and takes no long time. */
export async function attack(
  [, protocol, probe]: readonly [string, Case["protocol"], Probe],
  answer: (peer: RawPeer, head: RequestHead) => unknown,
  ms = 20_000,
): Promise<Observation> {
  const server = await startRawServer(async (peer) => answer(peer, await peer.requestHead()));
  const started = performance.now();
  const seen = await probe(attemptOf(protocol, [["X-A", "1"]]), endpointAt(server.port), deadline(ms));
  expect(performance.now() - started).toBeLessThan(Math.min(ms, 10_000) + 3000);
  expect(seen.sent).toContainEqual(["X-A", "1"]);
  expect(seen.witness).toBeUndefined();
  await eventually(async () => (await server.open()) === 0);
  await server.close();
  return seen;
}

/** The same after a good 101. */
export const attackUpgraded = (
  instrument: readonly [string, Case["protocol"], Probe],
  talk: (peer: RawPeer) => unknown,
  ms?: number,
) =>
  attack(
    instrument,
    (peer, head) => {
      peer.send(switching(acceptOf(head)));
      return talk(peer);
    },
    ms,
  );

/** Writes without end, as fast as the other side reads. */
export function flood(peer: RawPeer, bytes: string): void {
  const chunk = Buffer.from(bytes.repeat(Math.ceil(16_384 / bytes.length)), "latin1");
  const more = (): void => {
    while (!peer.ended && peer.socket.writable && peer.socket.write(chunk));
  };
  peer.socket.on("drain", more);
  more();
}

/** Writes one byte at a time. */
export async function trickle(peer: RawPeer, bytes: string, everyMs: number): Promise<void> {
  for (const byte of bytes) {
    if (peer.ended || !peer.socket.writable) return;
    peer.send(byte);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
