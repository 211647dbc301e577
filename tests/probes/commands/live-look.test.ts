import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { Contract } from "../../../contract/contract.ts";
import { loadContract } from "../../../contract/load.ts";
import { WITNESS_SCHEMA } from "../../../contract/probe-protocol.ts";
import { hasOwnWitness, lookLive } from "../../../probes/commands/live-look.ts";
import type { LookOptions } from "../../../probes/commands/live-look.ts";
import type { EdgeAt } from "../../../probes/facts/target.ts";
import type { Result } from "../../../probes/facts/result.ts";
import { recordedContext } from "../../support/command-context.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { silentServer } from "../../support/broken-servers.ts";
import { routingMap } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import {
  LIVE_KEY,
  PREVIEW_TOKEN,
  mixedFront,
  olderEdge,
  productionEdge,
  runningEdge,
  through,
  ticketsIn,
} from "../../support/running-edge.ts";
import type { RunningEdge } from "../../support/running-edge.ts";

const opened = closeAfterEach();

const OPTIONS: LookOptions = { verb: "deploy", timeout: 5, deadline: 30, concurrency: 8, prober: "library" };

function look(
  edge: EdgeAt,
  options: Partial<LookOptions> = {},
  declared: Contract | string = "headgate.yaml",
  signal = new AbortController().signal,
): Promise<Result> {
  const { context } = recordedContext(process.cwd(), "2026-11-21", { HEADGATE_KEY: LIVE_KEY });
  return lookLive(edge, declared, { ...OPTIONS, ...options }, { ...context, signal });
}

const statesIn = ({ cells }: Result): Set<string> => new Set(cells.map(({ state }) => state));

function policyOf(resource: Json): Json {
  return Object.entries<Json>(resource.google_compute_security_policy).find(([id]) => id.startsWith("preview"))![1];
}

describe("lookLive at the preview edge", () => {
  it("passes where the map that is meant answers, with the ticket on every request and proof that it is needed", async () => {
    const edge = opened(await runningEdge("preview"));
    const result = await look(edge.at);
    expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({ verdict: "pass", reasons: [] });
    expect(new Set(result.cells.map(({ env }) => env))).toEqual(new Set(["production (preview)"]));
    expect(result.controls.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "positive websocket through the edge pass",
      "negative websocket through the edge pass",
      "positive http through the edge pass",
      "negative http through the edge pass",
      "negative http preview-closed pass",
      "positive http stamp pass",
    ]);
    const requests = edge.received().match(/ HTTP\/1\.1\r\n/g)!.length;
    expect(ticketsIn(edge.received())).toBe(requests);
    expect(JSON.stringify(result)).not.toContain(PREVIEW_TOKEN);
  });

  it("is inconclusive, and asks nothing else, where an older map answers", async () => {
    const edge = opened(await runningEdge("preview", { model: olderEdge("preview") }));
    const result = await look(edge.at);
    expect(result.exitCode).toBe(3);
    expect(result.reasons[0]).toContain("not propagated");
    expect(statesIn(result)).toEqual(new Set(["inconclusive", "not-applicable"]));
    expect(edge.received()).not.toContain("Authorization");
  });

  it.each([0, 1])("is inconclusive where front ends answer by turns, whichever is first (%i)", async (first) => {
    const edge = opened(await runningEdge("preview"));
    const older = opened(await runningEdge("preview", { model: olderEdge("preview") }));
    const ports = [edge, older].map(({ at }) => at.pinned!.port);
    const front = opened(await mixedFront((connection) => ports[(connection + first) % 2]!));
    const result = await look(through(front.port, edge.at, older.at));
    expect(result.exitCode).toBe(3);
    expect(result.reasons.join("\n")).toContain("not propagated");
    expect(statesIn(result)).toEqual(new Set(["inconclusive", "not-applicable"]));
  });

  it("is inconclusive, and never a failure, where the map changes during the run", async () => {
    const worse = olderEdge("preview");
    let requests = 0;
    const edge: RunningEdge = opened(
      await runningEdge("preview", {
        onAccess: () => void (++requests === 40 && void edge.emulator.replaceModel(worse)),
      }),
    );
    const result = await look(edge.at);
    expect(result.exitCode).toBe(3);
    expect(statesIn(result)).toEqual(new Set(["inconclusive", "not-applicable"]));
    expect(result.reasons.join("\n")).toContain("changed during the run: not propagated");
  });

  it("counts no answer of another map that only one connection met", async () => {
    const edge = opened(await runningEdge("preview"));
    const older = opened(await runningEdge("preview", { model: olderEdge("preview") }));
    // Past the stamps that are read before the run, and before those that are read after it.
    const front = opened(await mixedFront((count) => (count === 40 ? older : edge).at.pinned!.port));
    const result = await look(through(front.port, edge.at, older.at), { concurrency: 1 });
    expect(result.exitCode).toBe(3);
    const open = result.cells.filter(({ state }) => state === "inconclusive");
    expect(new Set(open.map(({ path, protocol, client }) => `${path} ${protocol} ${client}`)).size).toBe(1);
    expect(open[0]!.reason).toBe("not propagated: answered with another stamp, so not by the URL map that is meant");
    expect(result.controls.at(-1)).toMatchObject({ id: "positive http stamp", state: "pass" });
  });

  it("says of a wrong token that the edge is closed, in words without the token", async () => {
    const edge = opened(await runningEdge("preview"));
    const token = "another-token-than-the-drawn-one";
    const result = await look({ ...edge.at, token });
    expect(result.exitCode).toBe(3);
    expect(result.reasons[0]).toMatch(/edge not ready: .* answers 404 without X-Headgate-Stamp: .* its token/);
    expect(JSON.stringify(result)).not.toContain(token);
    expect(edge.received().trim()).toBe("");
  });

  it("repeats no token that a service sends back in its report", async () => {
    const service = createServer((request, response) => {
      const told = request.headers["x-headgate-preview"];
      const text = { nonce: "0123456789abcdef", service: told, revision: told, instance: "i", startedAt: "" };
      const asked = { method: "GET", target: "/", httpVersion: "1.1", headers: [] };
      response.end(JSON.stringify({ schema: WITNESS_SCHEMA, image: null, ...text, ...asked }));
    });
    await once(service.listen(0, "127.0.0.1"), "listening");
    opened({ close: () => service.close() });
    const model = productionEdge("preview");
    const at = { host: "127.0.0.1", port: (service.address() as AddressInfo).port };
    const backends = Object.fromEntries(model.services.map(({ address }) => [address, at]));
    const edge = opened(await runningEdge("preview", { model, backends }));
    const result = await look(edge.at);
    expect(result.exitCode).toBe(3);
    expect(result.cells.some(({ answeredBy }) => answeredBy?.service === "[redacted]")).toBe(true);
    expect(JSON.stringify(result)).not.toContain(PREVIEW_TOKEN);
  });

  it("says nothing about a preview edge that lets anybody in: its control does not hold", async () => {
    const model = productionEdge("preview", ({ resource }) => (policyOf(resource).rule.at(-1).action = "allow"));
    const edge = opened(await runningEdge("preview", { model }));
    const result = await look(edge.at);
    expect(result.exitCode).toBe(3);
    expect(result.controls).toContainEqual(
      expect.objectContaining({ id: "negative http preview-closed", state: "fail", env: "production (preview)" }),
    );
  });

  it("fails where the map that is meant takes a header away", async () => {
    const model = productionEdge("preview", (terraform) =>
      routingMap(terraform, "preview").header_action.request_headers_to_remove.push("Cookie"),
    );
    const edge = opened(await runningEdge("preview", { model }));
    const result = await look(edge.at);
    expect(result.exitCode).toBe(1);
    expect(new Set(result.cells.filter(({ state }) => state === "fail").map(({ header }) => header))).toEqual(
      new Set(["Cookie"]),
    );
  });

  it("is not ready where no certificate names the host, and says what to wait for", async () => {
    const edge = opened(await runningEdge("preview"));
    const contract = loadContract("headgate.yaml");
    const production = { ...contract.environments["production"]!, domain: "example.org" };
    const moved = { ...contract, environments: { production } };
    const result = await look(edge.at, {}, moved);
    expect(result.exitCode).toBe(3);
    expect(result.reasons[0]).toMatch(/edge not ready: .*certificate for other names than api\.example\.org: wait/);
  });

  it("is not ready where nothing listens", async () => {
    const edge = await runningEdge("preview");
    await edge.close();
    const result = await look(edge.at);
    expect(result.exitCode).toBe(3);
    expect(result.reasons[0]).toMatch(/edge not ready: 127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/);
  });

  it.each([1, 40])("says nothing where a person ends it at request %i", async (last) => {
    const person = new AbortController();
    let requests = 0;
    const onAccess = (): void => void (++requests === last && person.abort());
    const edge = opened(await runningEdge("preview", { onAccess }));
    const result = await look(edge.at, {}, "headgate.yaml", person.signal);
    expect(result.exitCode).toBe(3);
    expect(result.reasons[0]).toMatch(/^the run was interrupted after \d+ of \d+ cases$/);
    expect(statesIn(result)).toEqual(new Set(["inconclusive", "not-applicable"]));
  });

  it("ends at its deadline where a port is silent", async () => {
    const server = opened(await silentServer());
    const edge = opened(await runningEdge("preview"));
    const started = performance.now();
    const result = await look(through(server.port, edge.at), { deadline: 1 });
    expect(result.exitCode).toBe(3);
    expect(result.reasons[0]).toContain("the run's deadline passed");
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe("lookLive at the edge that users meet", () => {
  it("looks only where a service is its own witness, and names the other routes", async () => {
    const edge = opened(await runningEdge("public"));
    const contract = loadContract("headgate.yaml");
    const backend = { ...contract.services["backend"]!, witness: "application" as const };
    const declared = { ...contract, services: { ...contract.services, backend } };
    expect([hasOwnWitness(contract), hasOwnWitness(declared)]).toEqual([false, true]);
    const result = await look(edge.at, { witnessed: "own" }, declared);
    expect(result).toMatchObject({ verdict: "pass", reasons: [] });
    expect(new Set(result.cells.map(({ expectedService }) => expectedService))).toEqual(new Set(["backend"]));
    expect(new Set(result.cells.map(({ env }) => env))).toEqual(new Set(["production"]));
    const notSeen = result.notLookedAt.filter((line) => line.startsWith("route "));
    expect(notSeen).toHaveLength(3);
    expect(notSeen[0]).toBe("route api.${domain} /*: frontend is not its own witness (witness: application)");
    expect(edge.received()).not.toContain("X-Headgate-Preview");
  });

  it("proves nothing where no service is its own witness", async () => {
    const edge = opened(await runningEdge("public"));
    expect(await look(edge.at, { witnessed: "own" })).toMatchObject({ exitCode: 3, cells: [] });
  });
});
