import { createServer as createTlsServer } from "node:tls";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { getEventListeners, once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { throwAwayCertificate } from "../../../probes/emulator/certificate.ts";
import type { Case, Endpoint } from "../../../probes/facts/case.ts";
import { probeAll } from "../../../probes/probers/probe-all.ts";
import { probeHttp } from "../../../probes/probers/http.ts";
import { probeRaw } from "../../../probes/probers/raw.ts";
import { contextsMade } from "../../../probes/probers/tls-contexts.ts";
import { probeWebSocket } from "../../../probes/probers/websocket.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, deadline, endpointAt } from "../../support/attempt-fixture.ts";
import { OK, closeAfterEach } from "../../support/emulated-edge.ts";
import { eventually, startRawServer } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";
import { startTlsServer } from "../../support/tls-server.ts";

const opened = closeAfterEach();
const INSTRUMENTS = [
  ["http", "http", probeHttp],
  ["raw GET", "http", probeRaw],
  ["websocket", "websocket", probeWebSocket],
  ["raw upgrade", "websocket", probeRaw],
] as const;

const answerOk = async (peer: RawPeer): Promise<void> => {
  await peer.requestHead();
  peer.send(OK);
};

/** A witness behind TLS: what it is asked goes through byte for byte. */
async function secureWitness(options: { ask?: boolean; name?: string } = {}) {
  const witness = await startWitness({ service: "backend", key: KEY });
  const { key, certificate } = await throwAwayCertificate([options.name ?? "api.example.com"]);
  const client = await throwAwayCertificate(["client.example.com"]);
  const asked = options.ask === true ? { requestCert: true, ca: client.certificate } : {};
  const shown: unknown[] = [];
  const server = createTlsServer({ key, cert: certificate, ...asked }, (socket) => {
    shown.push(socket.getPeerCertificate()?.subject?.CN);
    pipe(socket, witness.port);
  });
  const { port, close } = await listen(server);
  opened({ close: () => Promise.all([close(), witness.close()]) });
  return { port, ca: certificate, client: { certificate: client.certificate, key: client.key }, shown };
}

function pipe(socket: Socket, port: number): void {
  const to = connect(port, "127.0.0.1");
  for (const one of [socket, to]) one.on("error", () => undefined);
  socket.pipe(to).pipe(socket);
  socket.on("close", () => to.destroy());
  to.on("close", () => socket.destroy());
}

async function listen(server: ReturnType<typeof createServer>, host = "127.0.0.1") {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => undefined);
  });
  server.on("tlsClientError", () => undefined);
  await once(server.listen(0, host), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A forward proxy: tunnels to loopback whatever name is asked for, or answers with this status. */
async function forwardProxy(status = 200) {
  const asked: string[] = [];
  const server = await startRawServer(async (peer) => {
    const head = await peer.requestHead();
    asked.push([`${head.method} ${head.target}`, ...head.headers.map((line) => line.join(": "))].join("\n"));
    if (status !== 200) return void peer.socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
    peer.send("HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n");
    peer.socket.removeAllListeners("data");
    pipe(peer.socket, Number(head.target.split(":").at(-1)));
  });
  opened(server);
  return { port: server.port, asked };
}

const expected = (protocol: Case["protocol"]): number => (protocol === "http" ? 200 : 101);

describe.each(INSTRUMENTS)("%s", (_, protocol, probe) => {
  it("stamps each moment once, in order, from one clock", async () => {
    const { port, ca } = await secureWitness();
    const endpoint = endpointAt(port, { scheme: "https", ca, address: "localhost" });
    const { timings, durationMs } = await probe(attemptOf(protocol), endpoint, deadline());
    const order = ["dns", "tcp", "tls", "sent", "firstByte", "head"].concat(
      protocol === "http" ? ["body"] : ["upgrade", "firstMessage", "close"],
    );
    expect(Object.keys(timings!).sort()).toEqual([...order].sort());
    const times = order.map((moment) => timings![moment as keyof typeof timings]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThanOrEqual(durationMs);
  });

  it("shows a client certificate to a server that asks for one", async () => {
    const { port, ca, client, shown } = await secureWitness({ ask: true });
    const endpoint = endpointAt(port, { scheme: "https", ca, client });
    expect(await probe(attemptOf(protocol), endpoint, deadline())).toMatchObject({
      response: { status: expected(protocol) },
      witness: { service: "backend" },
    });
    expect(shown[0]).toBeDefined();
  });

  it("fails as tls where a client certificate is asked for and none is shown", async () => {
    const { port, ca } = await secureWitness({ ask: true });
    const seen = await probe(attemptOf(protocol), endpointAt(port, { scheme: "https", ca }), deadline());
    expect(seen.witness).toBeUndefined();
    expect(["tls", "response"]).toContain(seen.failure!.phase);
  });

  it("fails as tls for a certificate or key that cannot be read, and shows nothing of it", async () => {
    const client = { certificate: "not a certificate", key: "secret-key-text" };
    const seen = await probe(attemptOf(protocol), endpointAt(1, { scheme: "https", client }), deadline());
    expect(seen.failure).toMatchObject({ phase: "tls" });
    expect(JSON.stringify(seen)).not.toContain("secret-key-text");
  });

  it("reaches an IPv6 address, as the place and as the name", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (bytes) => {
        heads.push(bytes.toString("latin1"));
        socket.end("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
      });
    });
    const heads: string[] = [];
    const { port, close } = await listen(server, "::1");
    opened({ close });
    for (const host of ["api.example.com", "::1"]) {
      const seen = await probe(attemptOf(protocol), endpointAt(port, { address: "::1", host }), deadline());
      expect(seen.response?.status, host).toBe(403);
    }
    expect(heads.map((head) => /\r\nhost: ([^\r]*)/i.exec(head)![1])).toEqual(["api.example.com", "[::1]"]);
  });

  it("goes through a forward proxy, TLS end to end", async () => {
    const { port, ca } = await secureWitness();
    const proxy = await forwardProxy();
    const authorization = "Basic dXNlcjpwYXNz";
    const endpoint: Endpoint = {
      ...endpointAt(port, { scheme: "https", ca, address: "edge.example.com" }),
      proxy: { address: "127.0.0.1", port: proxy.port, authorization },
    };
    const seen = await probe(attemptOf(protocol, [["X-A", "1"]]), endpoint, deadline());
    expect(seen).toMatchObject({ response: { status: expected(protocol) }, witness: { nonce: "nonce-1" } });
    expect(seen.witness!.headers).toEqual(seen.sent);
    expect(seen.sent!.map(([name]) => name.toLowerCase())).not.toContain("proxy-authorization");
    const { tcp, proxy: tunnel, tls } = seen.timings!;
    expect([tcp! < tunnel!, tunnel! < tls!]).toEqual([true, true]);
    expect(proxy.asked).toEqual([
      `CONNECT edge.example.com:${port}\nHost: edge.example.com:${port}\nProxy-Authorization: ${authorization}`,
    ]);
  });

  it("brackets an IPv6 address for the proxy", async () => {
    const proxy = await forwardProxy(403);
    const endpoint = endpointAt(443, { scheme: "https", address: "2001:db8::1" });
    await probe(attemptOf(protocol), { ...endpoint, proxy: { address: "127.0.0.1", port: proxy.port } }, deadline());
    expect(proxy.asked[0]).toBe("CONNECT [2001:db8::1]:443\nHost: [2001:db8::1]:443");
  });

  it("refuses a certificate for another name, also through a proxy", async () => {
    const { port, ca } = await secureWitness({ name: "other.example.com" });
    const proxy = await forwardProxy();
    const endpoint = endpointAt(port, { scheme: "https", ca });
    const through = { ...endpoint, proxy: { address: "127.0.0.1", port: proxy.port } };
    const seen = await probe(attemptOf(protocol), through, deadline());
    expect(seen.failure!.phase).toBe("tls-name");
    expect(seen.sent).toBeUndefined();
  });

  it.each<[string, (peer: RawPeer) => unknown, RegExp]>([
    ["refuses", (peer) => peer.send("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), /407/],
    ["closes", (peer) => peer.socket.end(), /closed the connection/],
    ["resets", (peer) => peer.socket.resetAndDestroy(), /ECONNRESET/],
    ["speaks something else", (peer) => peer.send("SSH-2.0-x\r\n"), /not HTTP/],
    ["answers without end", (peer) => peer.send(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`), /larger/],
    ["says nothing", () => undefined, /deadline/],
  ])("ends in its proxy phase when the proxy %s", async (_what, answer, words) => {
    const proxy = opened(await startRawServer(async (peer) => (await peer.requestHead(), answer(peer))));
    const endpoint = endpointAt(443, { scheme: "https", proxy: { address: "127.0.0.1", port: proxy.port } });
    const seen = await probe(attemptOf(protocol), endpoint, deadline(1000));
    expect(seen.failure).toMatchObject({ during: "proxy" });
    expect(["proxy", "deadline"]).toContain(seen.failure!.phase);
    expect(seen.failure!.message).toMatch(words);
    expect(seen.sent).toBeUndefined();
    await eventually(async () => (await proxy.open()) === 0);
  });
});

describe("a run of 200 attempts", () => {
  it("opens one connection for each, makes one TLS context, and leaves no handle or timer behind", async () => {
    const server = opened(await startTlsServer(["api.example.com"], answerOk));
    const endpoint = endpointAt(server.port, { scheme: "https", ca: server.ca });
    const protocols = ["http", "websocket"] as const;
    const run = (count: number) =>
      probeAll(
        Array.from({ length: count }, (_, index) => ({ attempt: attemptOf(protocols[index % 2]!), endpoint })),
        { timeoutMs: 60_000, concurrency: 16, signal: person.signal, prober: count % 3 === 0 ? "raw" : "library" },
      );
    const person = new AbortController();
    await run(3);
    await settled(server);
    const before = handles();
    const contexts = contextsMade();
    const peers = server.peers.length;
    const seen = [...(await run(99)), ...(await run(101))];
    expect(seen.map(({ response }) => response?.status)).toEqual(Array.from({ length: 200 }, () => 200));
    expect(server.peers.length - peers).toBe(200);
    expect(contextsMade()).toBe(contexts);
    await settled(server);
    const more = Object.entries(handles()).filter(([kind, count]) => count > (before[kind] ?? 0));
    expect(more).toEqual([]);
    expect(getEventListeners(person.signal, "abort")).toEqual([]);
  });

  it("makes one context more for each other authority or client certificate", async () => {
    const [one, two] = await Promise.all([secureWitness({ ask: true }), secureWitness()]);
    const before = contextsMade();
    const endpoints = [
      endpointAt(one.port, { scheme: "https", ca: one.ca, client: one.client }),
      endpointAt(one.port, { scheme: "https", ca: one.ca }),
      endpointAt(two.port, { scheme: "https", ca: two.ca }),
    ];
    for (const endpoint of [...endpoints, ...endpoints]) await probeRaw(attemptOf("http"), endpoint, deadline());
    expect(contextsMade() - before).toBe(3);
  });
});

/** Waits until the server has seen every connection end. */
const settled = async (server: { open: () => Promise<number> }): Promise<void> => {
  await eventually(async () => (await server.open()) === 0);
};

/** What keeps this process alive, by kind and number; the test runner's own included. */
function handles(): Record<string, number> {
  const kinds = process.getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout|GetAddrInfo/.test(kind));
  return Object.fromEntries(
    [...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((one) => one === kind).length]),
  );
}
