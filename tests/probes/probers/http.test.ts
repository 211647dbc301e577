import { describe, expect, it } from "vitest";
import { WITNESS_SCHEMA } from "../../../contract/probe-protocol.ts";
import type { HeaderLine } from "../../../http/header-list.ts";
import { probeHttp } from "../../../probes/probers/http.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, deadline, endpointAt } from "../../support/attempt-fixture.ts";
import { OK, closeAfterEach } from "../../support/emulated-edge.ts";
import { closedPort, eventually, startRawServer } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";
import { startTlsServer } from "../../support/tls-server.ts";

const opened = closeAfterEach();
const LINES: readonly HeaderLine[] = [
  ["X-B", "2"],
  ["Authorization", "Bearer c"],
  ["x-b", "3"],
  ["Cookie", "a=1"],
  ["Cookie", "b=2"],
  ["Sec-WebSocket-Protocol", "one, two"],
];

async function probed(answer: string | ((peer: RawPeer) => unknown), lines = LINES, signal = deadline()) {
  const reply = async (peer: RawPeer): Promise<void> => {
    await peer.requestHead();
    peer.send(answer as string);
  };
  const server = opened(await startRawServer(typeof answer === "string" ? reply : answer));
  return { server, seen: await probeHttp(attemptOf("http", lines), endpointAt(server.port), signal) };
}

describe("what was sent", () => {
  it("is what stood on the wire: every line, in order", async () => {
    const wire: unknown[] = [];
    const { seen } = await probed(async (peer) => {
      const head = await peer.requestHead();
      wire.push(head.headers, head.method);
      peer.send(OK);
    });
    expect(seen.sent).toEqual(wire[0]);
    expect(wire[1]).toBe("GET");
    const own = seen.sent!.filter(([name]) => LINES.some((line) => line[0] === name));
    expect(own).toEqual(LINES);
    expect(seen.sent).toContainEqual(["host", "api.example.com"]);
  });

  it("keeps a value of 40 KB whole", async () => {
    const value = "v".repeat(40 * 1024);
    const { seen } = await probed(OK, [["X-Long", value]]);
    expect(seen.sent!.find(([name]) => name === "X-Long")![1] === value).toBe(true);
  });

  it("keeps the target as it was planned", async () => {
    const targets: string[] = [];
    const server = opened(
      await startRawServer(async (peer) => {
        targets.push((await peer.requestHead()).target);
        peer.send(OK);
      }),
    );
    const attempt = attemptOf("http", [], { target: "/a/../b//c?x=%zz&y=/" });
    await probeHttp(attempt, endpointAt(server.port), deadline());
    expect(targets).toEqual(["/a/../b//c?x=%zz&y=/"]);
  });
});

describe("what came back", () => {
  it("from a witness is its report", async () => {
    const witness = opened(await startWitness({ service: "backend", key: KEY }));
    const seen = await probeHttp(attemptOf("http", LINES), endpointAt(witness.port), deadline());
    expect(seen).toMatchObject({ caseId: "case-http", secure: false, response: { status: 200, body: "" } });
    expect(seen.witness).toMatchObject({ service: "backend", nonce: "nonce-1", method: "GET" });
    expect(seen.witness!.headers).toEqual(seen.sent);
    expect(seen.failure).toBeUndefined();
    expect(seen.durationMs).toBeGreaterThan(0);
  });

  it("from anybody else is status, header lines and an excerpt of the body", async () => {
    const body = "x".repeat(10_000);
    const { seen } = await probed(
      `HTTP/1.1 403 No\r\nX-B: 1\r\nx-b: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(seen.response).toEqual({
      status: 403,
      headers: [
        ["X-B", "1"],
        ["x-b", "2"],
        ["Set-Cookie", "a"],
        ["Set-Cookie", "b"],
        ["Content-Length", "10000"],
      ],
      body: "x".repeat(4096),
    });
    expect(seen.witness).toBeUndefined();
  });

  it("as a redirect is recorded, not followed", async () => {
    const { seen, server } = await probed(
      "HTTP/1.1 301 Moved\r\nLocation: http://api.example.com/elsewhere\r\nContent-Length: 0\r\n\r\n",
    );
    expect(seen.response).toMatchObject({ status: 301 });
    expect(seen.response!.headers).toContainEqual(["Location", "http://api.example.com/elsewhere"]);
    expect(server.peers).toHaveLength(1);
  });

  it("larger than a mebibyte ends in a failure, and is not read on", async () => {
    const { seen, server } = await probed(async (peer) => {
      await peer.requestHead();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n");
      peer.send(Buffer.alloc(3 * 1024 * 1024, "x"));
    });
    expect(seen.failure).toMatchObject({ phase: "response", message: expect.stringContaining("1048576") as string });
    await eventually(async () => (await server.open()) === 0);
  });

  it("as a report larger than a mebibyte is no report", async () => {
    const headers = [["x-long", "v".repeat(1024 * 1024)]];
    const body = JSON.stringify({ schema: WITNESS_SCHEMA, nonce: "n", service: "s", revision: "r", headers });
    const { seen } = await probed(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    expect(seen.witness).toBeUndefined();
    expect(seen.failure!.phase).toBe("response");
  });
});

describe("an attempt that fails says where", () => {
  it("connection refused", async () => {
    const seen = await probeHttp(attemptOf("http"), endpointAt(await closedPort()), deadline());
    expect(seen).toMatchObject({ failure: { phase: "connect" } });
    expect(seen.sent).toBeUndefined();
    expect(seen.response).toBeUndefined();
  });

  it.each<[string, (peer: RawPeer) => unknown]>([
    ["closes", async (peer) => (await peer.requestHead(), peer.socket.end())],
    ["resets", async (peer) => (await peer.requestHead(), peer.socket.resetAndDestroy())],
    ["closes within its answer", async (peer) => (await peer.requestHead(), peer.socket.end("HTTP/1.1 200 O"))],
    ["closes within its body", async (peer) => (await peer.requestHead(), peer.socket.end(`${OK.slice(0, -1)}`))],
    ["speaks something else", async (peer) => (await peer.requestHead(), peer.send("SSH-2.0-x\r\n\r\n"))],
  ])("a server that %s", async (_, answer) => {
    const { seen } = await probed(answer);
    expect(seen.failure).toMatchObject({ phase: "response" });
    expect(seen.failure!.message).not.toBe("");
    expect(seen.sent).toContainEqual(["Authorization", "Bearer c"]);
  });

  it("a server that accepts and says nothing", async () => {
    const { seen, server } = await probed(() => undefined, LINES, deadline(200));
    expect(seen.failure).toMatchObject({ phase: "deadline", during: "firstByte" });
    expect(seen.sent).toContainEqual(["Authorization", "Bearer c"]);
    await eventually(async () => (await server.open()) === 0);
  });

  it("a person who interrupts", async () => {
    const person = new AbortController();
    const { seen } = await probed(
      async (peer) => {
        await peer.requestHead();
        person.abort();
      },
      LINES,
      person.signal,
    );
    expect(seen.failure!.phase).toBe("interrupted");
  });

  it("a person who has interrupted before", async () => {
    const { seen } = await probed(OK, LINES, AbortSignal.abort());
    expect(seen.failure!.phase).toBe("interrupted");
  });
});

describe("TLS", () => {
  it("is checked by the name of the case, at the pinned address", async () => {
    const server = opened(await startTlsServer(["api.example.com"], (peer) => peer.send(OK)));
    const seen = await probeHttp(
      attemptOf("http"),
      endpointAt(server.port, { scheme: "https", ca: server.ca }),
      deadline(),
    );
    expect(seen).toMatchObject({ secure: true, response: { status: 200 } });
  });

  it("with another name on the certificate fails as tls-name, and sends nothing", async () => {
    const server = opened(await startTlsServer(["other.example.com"]));
    const endpoint = endpointAt(server.port, { scheme: "https", ca: server.ca });
    const seen = await probeHttp(attemptOf("http", LINES), endpoint, deadline());
    expect(seen).toMatchObject({ secure: true, failure: { phase: "tls-name" } });
    expect(seen.sent).toBeUndefined();
    expect(server.peers.map(({ text }) => text).join("")).toBe("");
  });

  it("by an authority that is not trusted fails as tls", async () => {
    const server = opened(await startTlsServer(["api.example.com"]));
    const seen = await probeHttp(attemptOf("http"), endpointAt(server.port, { scheme: "https" }), deadline());
    expect(seen).toMatchObject({ failure: { phase: "tls" } });
  });

  it("with a silent server ends within the deadline", async () => {
    const server = opened(await startRawServer());
    const seen = await probeHttp(attemptOf("http"), endpointAt(server.port, { scheme: "https" }), deadline(200));
    expect(seen).toMatchObject({ secure: true, failure: { phase: "deadline" } });
    expect(seen.sent).toBeUndefined();
    await eventually(async () => (await server.open()) === 0);
  });

  it("with a server that speaks none fails as tls", async () => {
    const server = opened(await startRawServer((peer) => peer.socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    const seen = await probeHttp(attemptOf("http"), endpointAt(server.port, { scheme: "https" }), deadline());
    expect(seen).toMatchObject({ failure: { phase: "tls" } });
  });
});
