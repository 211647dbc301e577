import { describe, expect, it } from "vitest";
import type { RequestHead } from "../../../http/head.ts";
import { firstValue } from "../../../http/header-list.ts";
import type { HeaderLine } from "../../../http/header-list.ts";
import { probeWebSocket } from "../../../probes/probers/websocket.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, deadline, endpointAt } from "../../support/attempt-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { closedPort, eventually, startRawServer } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";
import { startTlsServer } from "../../support/tls-server.ts";
import { acceptOf, frame, switching } from "../../support/websocket-bytes.ts";

const opened = closeAfterEach();
const LINES: readonly HeaderLine[] = [
  ["Authorization", "Bearer c"],
  ["Cookie", "a=1"],
  ["Sec-WebSocket-Protocol", "jwt-auth, jwt.c"],
];

async function probed(
  answer: (peer: RawPeer, head: RequestHead) => unknown,
  lines: readonly HeaderLine[] = LINES,
  signal: AbortSignal = deadline(),
) {
  const heads: RequestHead[] = [];
  const server = opened(
    await startRawServer(async (peer) => {
      heads.push(await peer.requestHead());
      await answer(peer, heads[0]!);
    }),
  );
  const seen = await probeWebSocket(attemptOf("websocket", lines), endpointAt(server.port), signal);
  return { seen, server, head: heads[0]! };
}

const CHOSEN = "Sec-WebSocket-Protocol: jwt-auth";
describe("what was sent", () => {
  it("is what stood on the wire", async () => {
    const { seen, head } = await probed((peer) => peer.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
    expect(seen.sent).toEqual(head.headers);
    for (const line of LINES)
      expect(firstValue(seen.sent!, line[0])?.replaceAll(", ", ",")).toBe(line[1].replaceAll(", ", ","));
    expect(firstValue(seen.sent!, "upgrade")).toBe("websocket");
    expect(firstValue(seen.sent!, "host")).toBe("api.example.com");
    expect(firstValue(seen.sent!, "sec-websocket-extensions")).toBeUndefined();
  });

  it("offers no subprotocol where none is planned", async () => {
    const { seen } = await probed((peer) => peer.socket.end(), [["X-A", "1"]]);
    expect(firstValue(seen.sent!, "sec-websocket-protocol")).toBeUndefined();
    expect(seen.sent).toContainEqual(["X-A", "1"]);
  });
});

describe("an accepted upgrade", () => {
  it("by a witness gives its report, the answer and the subprotocol", async () => {
    const witness = opened(await startWitness({ service: "backend", key: KEY, subprotocols: ["jwt-auth"] }));
    const seen = await probeWebSocket(attemptOf("websocket", LINES), endpointAt(witness.port), deadline());
    expect(seen).toMatchObject({ caseId: "case-websocket", secure: false, subprotocol: "jwt-auth" });
    expect(seen.response).toMatchObject({ status: 101, body: "" });
    expect(seen.witness).toMatchObject({ service: "backend", nonce: "nonce-1" });
    expect(seen.witness!.headers).toEqual(seen.sent);
    expect(seen.failure).toBeUndefined();
  });

  it("without a subprotocol, though one was offered, is recorded as the empty one", async () => {
    const { seen } = await probed((peer, head) => peer.send(switching(acceptOf(head))));
    expect(seen).toMatchObject({ response: { status: 101 }, subprotocol: "" });
    expect(seen.failure!.message).toContain("subprotocol");
    expect(seen.witness).toBeUndefined();
  });

  it("with a subprotocol that was not offered is recorded and refused", async () => {
    const { seen } = await probed((peer, head) =>
      peer.send(switching(acceptOf(head), ["Sec-WebSocket-Protocol: other"])),
    );
    expect(seen).toMatchObject({ response: { status: 101 }, subprotocol: "other" });
    expect(seen.failure!.message).toContain("subprotocol");
  });

  it("with a wrong Sec-WebSocket-Accept is refused", async () => {
    const { seen } = await probed((peer) => peer.send(switching("d3Jvbmc=", [CHOSEN]) + frame("{}")));
    expect(seen.failure!.message).toContain("Sec-WebSocket-Accept");
    expect(seen.witness).toBeUndefined();
    expect(seen.response!.status).toBe(101);
  });

  it("whose first message is no report is a witness that failed", async () => {
    const { seen } = await probed((peer, head) => peer.send(switching(acceptOf(head), [CHOSEN]) + frame("hello")));
    expect(seen).toMatchObject({ subprotocol: "jwt-auth", failure: { phase: "witness" } });
    expect(seen.witness).toBeUndefined();
  });

  it.each([
    ["with 1011", "\u0088\u0002\u0003\u00f3", "1011"],
    ["with a broken frame", "\u00ff\u00ff\u00ff", ""],
  ])("that closes %s before a first message failed", async (_, bytes, code) => {
    const { seen } = await probed((peer, head) => peer.send(switching(acceptOf(head), [CHOSEN]) + bytes));
    expect(seen.response!.status).toBe(101);
    expect(seen.failure!.message).toContain(code);
    expect(seen.failure!.message).not.toBe("");
  });

  it("that is cut before a first message failed", async () => {
    const { seen } = await probed((peer, head) => peer.socket.end(switching(acceptOf(head), [CHOSEN])));
    expect(seen).toMatchObject({ response: { status: 101 }, failure: { phase: "witness" } });
    expect(seen.failure!.message).toContain("1006");
  });

  it("with a first message of more than a mebibyte failed, and is not read on", async () => {
    const { seen, server } = await probed((peer, head) => {
      peer.send(switching(acceptOf(head), [CHOSEN]));
      // The frame says that two mebibytes follow.
      peer.send("\u0081\u007f\u0000\u0000\u0000\u0000\u0000\u0020\u0000\u0000");
      peer.send(Buffer.alloc(100_000, "x"));
    });
    expect(seen.failure!.message).toContain("payload");
    expect(seen.witness).toBeUndefined();
    await eventually(async () => (await server.open()) === 0);
  });
});

describe("a refused upgrade", () => {
  it("keeps status, header lines and an excerpt of the body", async () => {
    const body = "because ".repeat(1000);
    const { seen } = await probed((peer) =>
      peer.send(`HTTP/1.1 403 No\r\nX-B: 1\r\nx-b: 2\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    expect(seen.response).toEqual({
      status: 403,
      headers: [
        ["X-B", "1"],
        ["x-b", "2"],
        ["Content-Length", "8000"],
      ],
      body: body.slice(0, 4096),
    });
    expect(seen.failure).toBeUndefined();
    expect(seen.subprotocol).toBeUndefined();
  });

  it.each([200, 401, 404, 426, 503])("with %i is no failure of the probe", async (status) => {
    const { seen } = await probed((peer) => peer.send(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nno`));
    expect(seen.response).toMatchObject({ status, body: "no" });
    expect(seen.failure).toBeUndefined();
  });

  it("by a redirect is recorded, not followed", async () => {
    const { seen, server } = await probed((peer) =>
      peer.send("HTTP/1.1 301 Moved\r\nLocation: http://api.example.com/else\r\nContent-Length: 0\r\n\r\n"),
    );
    expect(seen.response).toMatchObject({ status: 301 });
    expect(firstValue(seen.response!.headers, "location")).toBe("http://api.example.com/else");
    expect(server.peers).toHaveLength(1);
  });

  it("whose body breaks off is still that refusal", async () => {
    const { seen } = await probed((peer) => peer.socket.end("HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nno"));
    expect(seen.response).toMatchObject({ status: 403, body: "no" });
  });
});

describe("an attempt that fails says where", () => {
  it("connection refused", async () => {
    const seen = await probeWebSocket(attemptOf("websocket"), endpointAt(await closedPort()), deadline());
    expect(seen).toMatchObject({ failure: { phase: "connect" } });
    expect(seen.response).toBeUndefined();
  });

  it.each<[string, (peer: RawPeer) => unknown]>([
    ["closes", (peer) => peer.socket.end()],
    ["resets", (peer) => peer.socket.resetAndDestroy()],
    ["closes within its answer", (peer) => peer.socket.end("HTTP/1.1 101 S")],
    ["speaks something else", (peer) => peer.send("SSH-2.0-x\r\n\r\n")],
  ])("a server that %s", async (_, answer) => {
    const { seen } = await probed(answer);
    expect(seen.failure).toMatchObject({ phase: "response" });
    expect(seen.sent).toContainEqual(["Authorization", "Bearer c"]);
  });

  it.each<[string, HeaderLine]>([
    ["a line break in a value", ["X-A", "secret\nb"]],
    ["a blank in a name", ["X A", "secret"]],
    ["a subprotocol twice", ["Sec-WebSocket-Protocol", "secret, secret"]],
    ["a subprotocol with a blank", ["Sec-WebSocket-Protocol", "secret token"]],
  ])("a request that cannot be sent: %s; its words repeat nothing of it", async (_, line) => {
    const server = opened(await startRawServer());
    const seen = await probeWebSocket(attemptOf("websocket", [line]), endpointAt(server.port), deadline());
    expect(seen).toMatchObject({ caseId: "case-websocket", failure: { phase: "send" } });
    expect(JSON.stringify(seen)).not.toContain("secret");
  });

  it("a person who has interrupted before", async () => {
    const server = opened(await startRawServer());
    const seen = await probeWebSocket(attemptOf("websocket"), endpointAt(server.port), AbortSignal.abort());
    expect(seen.failure!.phase).toBe("interrupted");
  });

  it("a server that accepts and says nothing", async () => {
    const { seen, server } = await probed(() => undefined, LINES, deadline(200));
    expect(seen.failure).toMatchObject({ phase: "deadline", during: "firstByte" });
    expect(seen.sent).toContainEqual(["Authorization", "Bearer c"]);
    await eventually(async () => (await server.open()) === 0);
  });

  it("a server that accepts the upgrade and says nothing more", async () => {
    const { seen } = await probed((peer, head) => peer.send(switching(acceptOf(head), [CHOSEN])), LINES, deadline(200));
    expect(seen).toMatchObject({ response: { status: 101 }, subprotocol: "jwt-auth", failure: { phase: "deadline" } });
  });

  it("a person who interrupts", async () => {
    const person = new AbortController();
    const { seen, server } = await probed(() => person.abort(), LINES, person.signal);
    expect(seen.failure!.phase).toBe("interrupted");
    await eventually(async () => (await server.open()) === 0);
  });
});

describe("TLS", () => {
  it("with another name on the certificate fails as tls-name, and nothing arrives", async () => {
    const server = opened(await startTlsServer(["other.example.com"]));
    const endpoint = endpointAt(server.port, { scheme: "https", ca: server.ca });
    const seen = await probeWebSocket(attemptOf("websocket", LINES), endpoint, deadline());
    expect(seen).toMatchObject({ secure: true, failure: { phase: "tls-name" } });
    expect(server.peers.map(({ text }) => text).join("")).toBe("");
  });

  it("by an authority that is not trusted fails as tls", async () => {
    const server = opened(await startTlsServer(["api.example.com"]));
    const endpoint = endpointAt(server.port, { scheme: "https" });
    expect(await probeWebSocket(attemptOf("websocket"), endpoint, deadline())).toMatchObject({
      failure: { phase: "tls" },
    });
  });

  it("with a silent server ends within the deadline", async () => {
    const server = opened(await startRawServer());
    const endpoint = endpointAt(server.port, { scheme: "https" });
    const seen = await probeWebSocket(attemptOf("websocket"), endpoint, deadline(200));
    expect(seen.failure!.phase).toBe("deadline");
    await eventually(async () => (await server.open()) === 0);
  });

  it("is checked by the name of the case, at the pinned address", async () => {
    const answer = async (peer: RawPeer) =>
      peer.send(switching(acceptOf(await peer.requestHead()), [CHOSEN]) + frame("x"));
    const server = opened(await startTlsServer(["api.example.com"], answer));
    const endpoint = endpointAt(server.port, { scheme: "https", ca: server.ca });
    const seen = await probeWebSocket(attemptOf("websocket", LINES), endpoint, deadline());
    expect(seen).toMatchObject({ secure: true, response: { status: 101 }, subprotocol: "jwt-auth" });
  });
});
