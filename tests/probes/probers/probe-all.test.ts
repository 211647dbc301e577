import { describe, expect, it } from "vitest";
import type { Attempt, Endpoint } from "../../../probes/facts/case.ts";
import { probeAll } from "../../../probes/probers/probe-all.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, endpointAt, plannedCase, signedTarget } from "../../support/attempt-fixture.ts";
import { OK, closeAfterEach } from "../../support/emulated-edge.ts";
import { eventually, startRawServer } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();
const never = new AbortController().signal;

function attempts(count: number, port: number, protocols = ["http", "websocket"] as const) {
  return Array.from({ length: count }, (_, index): { attempt: Attempt; endpoint: Endpoint } => {
    const protocol = protocols[index % protocols.length]!;
    const planned = plannedCase(protocol, { id: `case-${index}` });
    const attempt = attemptOf(protocol, [], { case: planned, target: signedTarget() });
    return { attempt, endpoint: endpointAt(port) };
  });
}

describe("all attempts", () => {
  it("give their observations in order, each by its own protocol", async () => {
    const witness = opened(await startWitness({ service: "backend", key: KEY }));
    const seen = await probeAll(attempts(7, witness.port), { timeoutMs: 20_000, concurrency: 3, signal: never });
    expect(seen.map(({ caseId }) => caseId)).toEqual([0, 1, 2, 3, 4, 5, 6].map((index) => `case-${index}`));
    expect(seen.map(({ response }) => response?.status)).toEqual([200, 101, 200, 101, 200, 101, 200]);
  });

  it("are none for none", async () => {
    expect(await probeAll([], { timeoutMs: 1000, concurrency: 4, signal: never })).toEqual([]);
  });

  it("are in flight a bounded number at a time, and that many", async () => {
    let inFlight = 0;
    let most = 0;
    const waiting: RawPeer[] = [];
    const release = (): void => {
      for (const peer of waiting.splice(0)) {
        inFlight--;
        peer.send(OK);
      }
    };
    const server = opened(
      await startRawServer(async (peer) => {
        await peer.requestHead();
        most = Math.max(most, ++inFlight);
        waiting.push(peer);
        if (waiting.length === 3) setImmediate(release);
      }),
    );
    const seen = await probeAll(attempts(9, server.port, ["http", "http"] as never), {
      timeoutMs: 20_000,
      concurrency: 3,
      signal: never,
    });
    expect(seen.every(({ response }) => response?.status === 200)).toBe(true);
    expect(most).toBe(3);
  });

  it("leave no connection behind", async () => {
    const server = opened(
      await startRawServer(async (peer) => {
        await peer.requestHead();
        peer.send(OK);
      }),
    );
    const seen = await probeAll(attempts(50, server.port), { timeoutMs: 20_000, concurrency: 8, signal: never });
    expect(seen.map(({ response }) => response?.status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(server.peers).toHaveLength(50);
    await eventually(async () => (await server.open()) === 0);
  });
});

describe("every attempt ends", () => {
  it("by its own deadline, the others unharmed", async () => {
    const witness = opened(await startWitness({ service: "backend", key: KEY }));
    const silent = opened(await startRawServer());
    const mixed = [...attempts(2, silent.port), ...attempts(2, witness.port)];
    const seen = await probeAll(mixed, { timeoutMs: 300, concurrency: 4, signal: never });
    expect(seen.map(({ failure }) => failure?.phase)).toEqual(["deadline", "deadline", undefined, undefined]);
    await eventually(async () => (await silent.open()) === 0);
  });

  it("when the run is interrupted: those in flight, and those that never began", async () => {
    const person = new AbortController();
    const server = opened(await startRawServer());
    const run = probeAll(attempts(6, server.port), { timeoutMs: 20_000, concurrency: 2, signal: person.signal });
    await server.peer(1);
    person.abort();
    const seen = await run;
    expect(seen.map(({ failure }) => failure?.phase)).toEqual(Array.from({ length: 6 }, () => "interrupted"));
    expect(seen.map(({ caseId }) => caseId)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `case-${index}`));
    expect(server.peers).toHaveLength(2);
  });

  it("when the run's own deadline passes: what never began is interrupted", async () => {
    const server = opened(await startRawServer());
    const signal = AbortSignal.timeout(200);
    const seen = await probeAll(attempts(3, server.port), { timeoutMs: 20_000, concurrency: 1, signal });
    expect(seen.map(({ failure }) => failure?.phase)).toEqual(["deadline", "interrupted", "interrupted"]);
  });
});
