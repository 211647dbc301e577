import { Server } from "node:net";
import type { AddressInfo } from "node:net";
import { syncBuiltinESMExports } from "node:module";
import tls from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Attempt } from "../../../probes/facts/case.ts";
import { probeAll } from "../../../probes/probers/probe-all.ts";
import { emulatedTarget } from "../../../probes/targets/emulated.ts";
import { KEY, attemptOf, plannedCase, signedTarget } from "../../support/attempt-fixture.ts";
import { ADDRESS, HOST, edgeModel } from "../../support/edge-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";

// What a noisy machine cannot blur: how often the expensive things are done. Counted where Node does them.
const opened = closeAfterEach();
const { createSecureContext } = tls;
const emit = Reflect.get(Server.prototype, "emit") as (this: Server, ...event: unknown[]) => boolean;
let contexts = 0;
let connections: Map<number, number>;

beforeEach(() => {
  contexts = 0;
  connections = new Map();
  tls.createSecureContext = (options) => {
    contexts++;
    return createSecureContext(options);
  };
  syncBuiltinESMExports();
  Server.prototype.emit = function (this: Server, ...event: unknown[]) {
    const { port } = (this.address() ?? {}) as Partial<AddressInfo>;
    if (event[0] === "connection" && port !== undefined) connections.set(port, (connections.get(port) ?? 0) + 1);
    return emit.apply(this, event);
  };
});

afterEach(() => {
  tls.createSecureContext = createSecureContext;
  syncBuiltinESMExports();
  Server.prototype.emit = emit;
});

/** Of both protocols, as the libraries send them and as only the raw prober can, each with twelve headers. */
function attempts(count: number): Attempt[] {
  const lines = Array.from({ length: 12 }, (_, index) => [`X-Count-${index}`, `value-${index}`] as const);
  return Array.from({ length: count }, (_, index) => {
    const protocol = index % 2 === 0 ? "websocket" : "http";
    const repeated =
      index % 4 < 2
        ? []
        : ([
            ["X-Count-0", "once more"],
            ["Cookie", "a=1"],
            ["Cookie", "b=2"],
          ] as const);
    const planned = plannedCase(protocol, { id: `case-${index}`, host: HOST });
    return attemptOf(protocol, [...lines, ...repeated], { case: planned, target: signedTarget() });
  });
}

it.each(["library", "raw"] as const)(
  "one attempt is one connection at the edge and one at the witness, whatever it carries, by %s",
  async (prober) => {
    const services = [{ address: ADDRESS.apiService, name: "backend", subprotocols: [] }];
    const target = opened(await emulatedTarget(edgeModel(), { key: KEY, services }));
    const planned = attempts(40).map((attempt) => ({ attempt, endpoint: target.endpointFor(attempt.case) }));
    const options = { timeoutMs: 20_000, concurrency: 8, signal: new AbortController().signal, prober };
    const seen = await probeAll(planned, options);
    expect(seen.map(({ witness }) => witness?.service)).toEqual(planned.map(() => "backend"));
    expect(connections).toEqual(
      new Map([
        [planned[0]!.endpoint.port, 40],
        [target.controlLegs[0]!.endpoint.port, 40],
      ]),
    );
  },
);

it("a run makes one TLS context for each listener, and one for all connections to the same authority", async () => {
  const names = { key: KEY, services: [{ address: ADDRESS.apiService, name: "backend", subprotocols: [] }] };
  // A name of its own, so that no other test has made this authority's context.
  const domains = [HOST, "counted.example.com"];
  const model = edgeModel(({ certificate }) => (certificate["managed"] = { domains }));
  for (const listeners of [1, 2, 3]) {
    const target = opened(await emulatedTarget(model, names));
    const planned = attempts(12).map((attempt) => ({ attempt, endpoint: target.endpointFor(attempt.case) }));
    await probeAll(planned, { timeoutMs: 20_000, concurrency: 4, signal: new AbortController().signal });
    expect(contexts).toBe(listeners + 1);
  }
});
