import { describe, expect, it } from "vitest";
import type { EdgeAt } from "../../../probes/facts/target.ts";
import { awaitStamp, confirmStamp } from "../../../probes/live/stamp-watch.ts";
import type { Patience, StampSeen } from "../../../probes/live/stamp-watch.ts";
import { silentServer } from "../../support/broken-servers.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { startRawServer } from "../../support/raw-sockets.ts";
import { HOSTS, mixedFront, olderEdge, productionEdge, runningEdge, through } from "../../support/running-edge.ts";
import type { RunningEdge } from "../../support/running-edge.ts";
import { startTlsServer } from "../../support/tls-server.ts";

const opened = closeAfterEach();
const OLD = "0".repeat(64);
const [HOST] = HOSTS as [string];
const SHORT: Patience = { inRow: 3, everyMs: 10, withinMs: 1500 };
const run = (): AbortSignal => new AbortController().signal;

async function mixed(pick: (connection: number) => "new" | "old"): Promise<EdgeAt> {
  const edges = {
    new: opened(await runningEdge("preview")).at,
    old: opened(await runningEdge("preview", { model: olderEdge("preview") })).at,
  };
  const front = opened(await mixedFront((count) => edges[pick(count)].pinned!.port));
  return { ...through(front.port, edges.new, edges.old), hosts: [HOST] };
}

describe("awaitStamp", () => {
  it.each(["preview", "public"] as const)("hears it from every host of the %s edge as often as asked", async (id) => {
    const edge = opened(await runningEdge(id));
    expect(await awaitStamp(edge.at, { inRow: 4, everyMs: 1, withinMs: 20_000 }, run())).toEqual({
      kind: "answered",
      tries: 4,
    });
    expect(edge.emulator.seen.requests).toBe(4 * HOSTS.length);
    const targets = edge.received().match(/GET \/\.headgate\/[0-9a-f]{16} HTTP/g)!;
    expect(new Set(targets).size).toBe(4 * HOSTS.length);
  });

  it("opens a connection for each answer", async () => {
    let connections = 0;
    const edge = await mixed(() => (connections++, "new"));
    expect(await awaitStamp(edge, { ...SHORT, withinMs: 20_000 }, run())).toMatchObject({ kind: "answered" });
    expect(connections).toBe(3);
  });

  it("begins again with every answer of another map", async () => {
    const order = ["new", "new", "old", "new", "old", "new", "new", "new"] as const;
    const edge = await mixed((count) => order[count]!);
    const states: string[] = [];
    const seen = await awaitStamp(edge, { ...SHORT, withinMs: 20_000 }, run(), (state) => states.push(state));
    expect(seen).toEqual({ kind: "answered", tries: 8 });
    expect(states).toEqual([
      `${HOST}: 1 of 3 in a row`,
      `${HOST}: 2 of 3 in a row`,
      `${HOST}: answered with stamp 000000000000… (status 404)`,
      `${HOST}: 1 of 3 in a row`,
      `${HOST}: answered with stamp 000000000000… (status 404)`,
      `${HOST}: 1 of 3 in a row`,
      `${HOST}: 2 of 3 in a row`,
    ]);
  });

  it("ends when a change has reached the edge", async () => {
    const edge: RunningEdge = opened(await runningEdge("preview", { model: olderEdge("preview") }));
    const newer = productionEdge("preview");
    let waits = 0;
    const seen = await awaitStamp(edge.at, { inRow: 3, everyMs: 20, withinMs: 20_000 }, run(), () => {
      if (++waits === 2) void edge.emulator.replaceModel(newer);
    });
    expect(seen).toMatchObject({ kind: "answered" });
    expect((seen as { tries: number }).tries).toBeGreaterThanOrEqual(5);
  });

  it("is not propagated where front ends answer by turns, and counts what they said", async () => {
    const edge = await mixed((count) => (count % 2 === 0 ? "new" : "old"));
    const seen = (await awaitStamp(edge, SHORT, run())) as Extract<StampSeen, { kind: "not-propagated" }>;
    expect(seen).toMatchObject({ kind: "not-propagated", host: HOST });
    const counts = Object.fromEntries(seen.seen.map(({ stamp, count }) => [String(stamp), count]));
    expect(new Set(Object.keys(counts))).toEqual(new Set([edge.stamp, OLD]));
    expect(Math.abs(counts[edge.stamp]! - counts[OLD]!)).toBeLessThanOrEqual(1);
    expect(seen.detail).toMatch(
      /does not answer with stamp [0-9a-f]{12}… every time: \d+ with it, \d+ with stamp 0{12}…$/,
    );
  });

  it("is not propagated where the edge that users meet answers without a stamp", async () => {
    const edge = opened(await runningEdge("public", { model: olderEdge("public", null) }));
    const seen = await awaitStamp(edge.at, SHORT, run());
    expect(seen).toMatchObject({ kind: "not-propagated", seen: [{ stamp: null }] });
  });

  it("is not ready where the preview edge does not know the token, which is said without it", async () => {
    const edge = opened(await runningEdge("preview"));
    const token = "another-token-than-the-drawn-one";
    const states: string[] = [];
    const seen = await awaitStamp({ ...edge.at, token }, SHORT, run(), (state) => states.push(state));
    expect(seen).toMatchObject({ kind: "not-ready", host: HOST, phase: "http" });
    expect(JSON.stringify(seen)).toMatch(/answers 404 without X-Headgate-Stamp: .* its token, .* preview\.allow/);
    expect(JSON.stringify([seen, states])).not.toContain(token);
  });

  it("is not ready where the preview edge does not let the address in", async () => {
    const edge = opened(await runningEdge("preview", { clientAddress: "198.51.100.1" }));
    expect(await awaitStamp(edge.at, SHORT, run())).toMatchObject({ kind: "not-ready", phase: "http" });
  });

  it("repeats no token that a server sends back as its stamp", async () => {
    const echo = await startTlsServer([HOST], async (peer) => {
      const token = (await peer.requestHead()).headers.find(([name]) => name === "X-Headgate-Preview")![1];
      peer.send(`HTTP/1.1 200 OK\r\nX-Headgate-Stamp: ${token}\r\nContent-Length: 0\r\n\r\n`);
    });
    const { port, ca } = opened(echo);
    const edge = opened(await runningEdge("preview"));
    const states: string[] = [];
    const at = { ...through(port, edge.at), ca, hosts: [HOST] };
    const seen = await awaitStamp(at, SHORT, run(), (state) => states.push(state));
    expect(seen).toMatchObject({ kind: "not-propagated", seen: [{ stamp: "[redacted]" }] });
    expect(JSON.stringify([seen, states])).not.toContain(edge.at.token);
  });

  it("says in which phase a host is not ready", async () => {
    const edge = opened(await runningEdge("preview"));
    const silent = opened(await silentServer());
    const mute = opened(await startTlsServer([HOST]));
    const closed = await silentServer();
    await closed.close();
    const { pinned: _, ...unpinned } = edge.at;
    const at = {
      dns: { ...unpinned, hosts: ["nowhere.invalid"] },
      connect: through(closed.port, edge.at),
      tls: through(silent.port, edge.at),
      name: { ...edge.at, hosts: ["api.example.org"] },
      http: { ...through(mute.port, edge.at), ca: mute.ca, hosts: [HOST] },
    };
    const seen = await Promise.all(Object.values(at).map((one) => awaitStamp(one, SHORT, run())));
    expect(seen.map((one) => (one.kind === "not-ready" ? one.phase : one.kind))).toEqual([
      "dns",
      "connect",
      "tls",
      "tls",
      "http",
    ]);
    for (const one of seen) expect((one as { detail: string }).detail).toMatch(/^(nowhere|api)\.\S+: \S.*$/);
  });

  it("goes through the proxy that leads to the edge", async () => {
    const asked: string[] = [];
    const proxy = opened(
      await startRawServer(async (peer) => {
        const { target } = await peer.requestHead();
        asked.push(target);
        peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      }),
    );
    const pinned = { scheme: "https", address: "203.0.113.9", port: 443 } as const;
    const transport = { proxy: { address: "127.0.0.1", port: proxy.port } };
    const at: EdgeAt = { env: "production", hosts: [HOST], stamp: OLD, pinned, transport };
    expect(await awaitStamp(at, SHORT, run())).toMatchObject({ kind: "not-ready", phase: "connect" });
    expect(asked[0]).toBe("203.0.113.9:443");
  });

  it("is interrupted by a person, in the middle of a request too", async () => {
    const edge = opened(await runningEdge("preview"));
    const silent = opened(await silentServer());
    const person = new AbortController();
    setTimeout(() => person.abort(), 100);
    const started = performance.now();
    const seen = await awaitStamp(through(silent.port, edge.at), { ...SHORT, withinMs: 20_000 }, person.signal);
    expect(seen).toEqual({ kind: "interrupted" });
    expect(performance.now() - started).toBeLessThan(3000);
    expect(await awaitStamp(edge.at, SHORT, person.signal)).toEqual({ kind: "interrupted" });
  });

  it("does not look at no host at all", async () => {
    const edge = opened(await runningEdge("preview"));
    await expect(awaitStamp({ ...edge.at, hosts: [] }, SHORT, run())).rejects.toThrow("there is no host");
  });
});

describe("confirmStamp", () => {
  it("waits for nothing: the first other answer ends it", async () => {
    let connections = 0;
    const edge = await mixed(() => (connections++ === 2 ? "old" : "new"));
    expect(await confirmStamp(edge, 5, run())).toMatchObject({ kind: "not-propagated" });
    expect(connections).toBe(3);
  });
});
