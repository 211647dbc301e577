import { connect } from "node:net";
import type { Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { attemptOf, deadline, endpointAt } from "../../support/attempt-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { startRawServer } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";
import { startTlsServer } from "../../support/tls-server.ts";
import { INSTRUMENTS, attack, flood, trickle } from "../../support/hostile-server.ts";

const opened = closeAfterEach();

describe.each(INSTRUMENTS)("%s, against a server that", (...instrument) => {
  it("sends its head byte by byte, ends at the deadline within the head", async () => {
    const seen = await attack(instrument, (peer) => trickle(peer, `HTTP/1.1 200 OK\r\nX: ${"x".repeat(99)}`, 20), 400);
    expect(seen.failure).toMatchObject({ phase: "deadline", during: "head" });
    expect(seen.timings!.firstByte).toBeGreaterThan(0);
    expect(seen.timings!.head).toBeUndefined();
  });

  it.each([
    ["headers", "HTTP/1.1 200 OK\r\n", "X-Endless: 1234567890\r\n"],
    ["one header", "HTTP/1.1 200 OK\r\nX-Endless: ", "x"],
    ["interim answers", "", "HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n"],
  ])("sends %s without end, stops", async (_, start, more) => {
    const seen = await attack(instrument, (peer) => (peer.send(start), flood(peer, more)), 3000);
    expect(["response", "deadline"]).toContain(seen.failure!.phase);
    expect(seen.response).toBeUndefined();
  });

  it("sends a refusal with a body without end, keeps status, header lines and 4 KiB", async () => {
    const seen = await attack(
      instrument,
      (peer) => (peer.send("HTTP/1.1 403 No\r\nX-B: 1\r\n\r\n"), flood(peer, "no")),
    );
    expect(seen.response).toEqual({ status: 403, headers: [["X-B", "1"]], body: "no".repeat(2048) });
    expect(seen.failure).toBeUndefined();
  });

  it.each([
    ["stalls", (peer: RawPeer) => peer.send("wh")],
    ["never begins", () => undefined],
    ["trickles", (peer: RawPeer) => trickle(peer, "wh".repeat(50), 100)],
  ])("sends a refusal whose body %s, keeps the status", async (_, body) => {
    const seen = await attack(instrument, (peer) => {
      peer.send("HTTP/1.1 403 No\r\nContent-Length: 100\r\nX-B: 1\r\n\r\n");
      return body(peer);
    });
    expect(seen.response).toMatchObject({ status: 403 });
    expect(seen.response!.headers).toContainEqual(["X-B", "1"]);
    expect(seen.failure).toBeUndefined();
    expect(seen.durationMs).toBeLessThan(4000);
  });

  it.each([
    ["before its head", "", "firstByte"],
    ["within its head", "HTTP/1.1 200 O", "head"],
  ])("ends the connection %s, says where", async (_, bytes, during) => {
    for (const end of ["FIN", "RST"] as const) {
      const seen = await attack(instrument, async (peer) => {
        if (bytes !== "") await new Promise((resolve) => peer.socket.write(bytes, resolve));
        // A reset takes back what has not been read.
        if (end === "RST") setTimeout(() => peer.socket.resetAndDestroy(), 100);
        else peer.socket.end();
      });
      expect(seen.failure, end).toMatchObject({ phase: "response", during });
    }
  });

  it("speaks another protocol, says so at once", async () => {
    const seen = await attack(instrument, (peer) => peer.send("SSH-2.0-OpenSSH_9.2\r\n"));
    expect(seen.failure).toMatchObject({ phase: "response" });
    expect(seen.durationMs).toBeLessThan(2000);
  });

  it("resets the connection as soon as it is there, says that it came to nothing", async () => {
    const server = opened(await startRawServer((peer) => peer.socket.resetAndDestroy()));
    const seen = await instrument[2](attemptOf(instrument[1]), endpointAt(server.port), deadline());
    expect(["connect", "send", "response"]).toContain(seen.failure!.phase);
  });

  it.each(["FIN", "RST", "silence"] as const)("answers a TLS handshake with %s, says that it was TLS", async (how) => {
    const server = opened(
      await startRawServer(async (peer) => {
        await peer.until((text) => text.length > 0);
        if (how === "FIN") peer.socket.end();
        if (how === "RST") peer.socket.resetAndDestroy();
      }),
    );
    const endpoint = endpointAt(server.port, { scheme: "https" });
    const seen = await instrument[2](attemptOf(instrument[1], [["X-A", "1"]]), endpoint, deadline(500));
    expect(seen.failure).toMatchObject({ phase: how === "silence" ? "deadline" : "tls", during: "tls" });
    expect(seen.sent).toBeUndefined();
    expect(seen.timings!.sent).toBeUndefined();
    expect(seen.timings!.tcp).toBeGreaterThan(0);
  });

  it("has terminal escapes in its certificate, shows them without sending them", async () => {
    const server = opened(await startTlsServer(["\u001b[31mother.example.com\u0007"]));
    const endpoint = endpointAt(server.port, { scheme: "https", ca: server.ca, host: "api.example.com" });
    const seen = await instrument[2](attemptOf(instrument[1]), endpoint, deadline());
    expect(seen.failure!.phase).toBe("tls-name");
    expect(seen.failure!.message).toContain("[31mother.example.com");
    expect(seen.failure!.message).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  });
});

describe.each(INSTRUMENTS.filter(([, protocol]) => protocol === "http"))("%s, on an answer of 200 that", (...http) => {
  it("has a giant body, stops at a mebibyte and keeps the status", async () => {
    const seen = await attack(http, (peer) => (peer.send("HTTP/1.1 200 OK\r\n\r\n"), flood(peer, "x")));
    expect(seen.failure).toMatchObject({ phase: "response", during: "body" });
    expect(seen.response).toMatchObject({ status: 200, body: "x".repeat(4096) });
  });

  it.each([200, 403])("is a thousandfold gzip that nobody asked for, with %i, is not unpacked", async (status) => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, "["));
    const before = process.memoryUsage().rss;
    const seen = await attack(http, (peer) => {
      peer.send(`HTTP/1.1 ${status} X\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      peer.send(bomb);
    });
    expect(seen.response).toMatchObject({ status, body: bomb.subarray(0, 4096).toString("utf8") });
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  it("stalls within its body, ends at the deadline and keeps the status", async () => {
    const seen = await attack(http, (peer) => peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), 300);
    expect(seen.failure).toMatchObject({ phase: "deadline", during: "body" });
    expect(seen.response).toMatchObject({ status: 200, body: "x" });
  });

  it.each(["FIN", "RST"])("breaks off within its body by %s, says so", async (how) => {
    const seen = await attack(http, async (peer) => {
      await new Promise((resolve) => peer.socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", resolve));
      if (how === "RST") setTimeout(() => peer.socket.resetAndDestroy(), 100);
      else peer.socket.end();
    });
    expect(seen.failure).toMatchObject({ phase: "response", during: "body" });
    expect(seen.response!.status).toBe(200);
  });

  it.each([
    ["two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"],
    ["a chunk size that is none", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["an endless chunk size", `Transfer-Encoding: chunked\r\n\r\n${"0".repeat(100_000)}`],
  ])("has %s, is refused", async (_, rest) => {
    const seen = await attack(http, (peer) => peer.send(`HTTP/1.1 200 OK\r\n${rest}`), 1000);
    expect(["response", "deadline"]).toContain(seen.failure!.phase);
  });
});

describe("a name that cannot be connected to", () => {
  it.each(INSTRUMENTS)("ends %s while it is looked up", async (_, protocol, probe) => {
    const endpoint = endpointAt(1, { address: "no-such-name.invalid" });
    const seen = await probe(attemptOf(protocol), endpoint, deadline());
    expect(seen.failure).toMatchObject({ phase: "connect", during: "dns" });
  });

  it.each(INSTRUMENTS)(
    "ends %s when its queue is full, at the deadline while connecting",
    async (_, protocol, probe) => {
      const full = await fullServer();
      const seen = await probe(attemptOf(protocol), endpointAt(full.port), deadline(300));
      expect(seen.failure).toMatchObject({ phase: "deadline", during: "tcp" });
      expect(seen.sent).toBeUndefined();
    },
  );
});

/** A server whose queue of connections is full: a further one gets no answer from the kernel. */
async function fullServer(): Promise<{ port: number }> {
  const worker = new Worker(
    `const { createServer } = require("node:net");
     const { parentPort } = require("node:worker_threads");
     const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  const waiting: Socket[] = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 200));
  opened({
    close: async () => {
      for (const socket of waiting) socket.destroy();
      await worker.terminate();
    },
  });
  return { port };
}
