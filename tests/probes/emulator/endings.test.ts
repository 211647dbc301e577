import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../http/header-list.ts";
import { startEmulator } from "../../../probes/emulator/start.ts";
import type { EmulatorOptions } from "../../../probes/emulator/start.ts";
import { ADDRESS, HOST, edgeModel } from "../../support/edge-fixture.ts";
import {
  OK,
  SWITCHED,
  answerOk,
  closeAfterEach,
  get,
  handshake,
  post,
  startEdge,
} from "../../support/emulated-edge.ts";
import { RawPeer, eventually, startRawServer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

type Answer = (peer: RawPeer) => unknown;

async function edgeWith(answer: Answer, emulator: Partial<EmulatorOptions> = {}) {
  return opened(await startEdge({ answer, emulator }));
}

describe("a client that ends its side right behind its request still gets its answer", () => {
  const slowly: Answer = async (peer) => {
    await peer.requestHead();
    setTimeout(() => peer.send(OK), 100);
  };

  it("in clear text", async () => {
    const edge = await edgeWith(slowly);
    const socket = connect({ port: edge.emulator.ports.https!, host: "127.0.0.1", allowHalfOpen: true });
    const client = new RawPeer(socket);
    socket.end(get());
    expect((await client.responseHead()).status).toBe(200);
    expect(await client.untilEnd()).toBe("ok");
  });

  it("with a body, and over TLS", async () => {
    const backend = opened(
      await startRawServer(async (peer) => (await peer.requestHead(), await peer.take(3), peer.send(OK))),
    );
    const backends = { [ADDRESS.apiService]: { host: "127.0.0.1", port: backend.port } };
    const emulator = opened(await startEmulator(edgeModel(), { backends }));
    const socket = connectTls({
      port: emulator.ports.https!,
      host: "127.0.0.1",
      servername: HOST,
      ca: emulator.ca!,
      // Missing in the types; what `net.connect` takes, `tls.connect` takes too.
      ...{ allowHalfOpen: true },
    });
    const client = new RawPeer(socket);
    await once(socket, "secureConnect");
    socket.end(post(["Content-Length: 3"], "abc"));
    expect((await client.responseHead()).status).toBe(200);
    expect(await client.untilEnd()).toBe("ok");
  });
});

describe("a body that only the end of the connection delimits", () => {
  const broken: Answer = async (peer) => {
    await peer.requestHead();
    peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
    setTimeout(() => peer.socket.resetAndDestroy(), 50);
  };

  it("ends by a reset where the backend reset it", async () => {
    const client = await (await edgeWith(broken)).client();
    client.send(get());
    await client.responseHead();
    await client.untilEnd();
    await eventually(() => client.error !== undefined);
    expect(client.error).toMatchObject({ code: "ECONNRESET" });
  });

  it("ends by a reset over TLS too", async () => {
    const backend = opened(await startRawServer(broken));
    const backends = { [ADDRESS.apiService]: { host: "127.0.0.1", port: backend.port } };
    const emulator = opened(await startEmulator(edgeModel(), { backends }));
    const socket = connectTls({ port: emulator.ports.https!, host: "127.0.0.1", servername: HOST, ca: emulator.ca! });
    const client = new RawPeer(socket);
    await once(socket, "secureConnect");
    client.send(get());
    await client.responseHead();
    await eventually(() => client.error !== undefined);
    expect(client.error).toMatchObject({ code: "ECONNRESET" });
  });

  it("ends cleanly where the backend ended it", async () => {
    const client = await (
      await edgeWith(async (peer) => (await peer.requestHead(), peer.socket.end("HTTP/1.1 200 OK\r\n\r\nwhole")))
    ).client();
    client.send(get());
    await client.responseHead();
    expect(await client.untilEnd()).toBe("whole");
    expect(client.error).toBeUndefined();
  });
});

describe("an answer of no bytes", () => {
  it("does not hold up the next request", async () => {
    const client = await (
      await edgeWith(
        async (peer) => (await peer.requestHead(), peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
      )
    ).client();
    for (let count = 0; count < 3; count++) {
      client.send(get());
      const { status, headers } = await client.responseHead();
      expect([status, valuesOf(headers, "connection")]).toEqual([200, []]);
    }
  });
});

describe("interim answers", () => {
  it("pass before the final one, their lines untouched", async () => {
    const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    const client = await (await edgeWith(async (peer) => (await peer.requestHead(), peer.send(hints + OK)))).client();
    client.send(get());
    expect(await client.until((text) => text.endsWith("ok"))).toContain(hints);
  });

  it("a 101 that nobody asked for is a failed backend (H25)", async () => {
    const client = await (await edgeWith(async (peer) => (await peer.requestHead(), peer.send(SWITCHED)))).client();
    client.send(get());
    expect((await client.responseHead()).status).toBe(503);
  });
});

describe("nothing waits for ever", () => {
  it("a backend that never answers is a 504, and its connection ends", async () => {
    const edge = await edgeWith(() => undefined, { limits: { answerMs: 200 } });
    for (const bytes of [get(), handshake()]) {
      const client = await edge.client();
      client.send(bytes);
      const head = await client.responseHead();
      expect(head.status).toBe(504);
      expect(await client.untilEnd()).toBe("the backend did not answer within 0.2 s");
    }
    await eventually(async () => (await edge.backend.open()) === 0);
  });

  it("a head that dribbles in is a 408 (slow loris)", async () => {
    const edge = await edgeWith(answerOk, { limits: { headMs: 300 } });
    const client = await edge.client();
    const dribble = setInterval(() => client.socket.writable && client.send("X"), 50);
    client.send("GET /ws HTTP/1.1\r\nX-A: ");
    try {
      expect((await client.responseHead()).status).toBe(408);
      await client.untilEnd();
    } finally {
      clearInterval(dribble);
    }
  });

  it("a connection on which nothing is said is ended without a word", async () => {
    const client = await (await edgeWith(answerOk, { limits: { idleMs: 200 } })).client();
    expect(await client.untilEnd()).toBe("");
  });

  it("a body that falls silent ends its exchange with 400", async () => {
    const edge = await edgeWith((peer) => peer.requestHead(), { limits: { silenceMs: 200 } });
    const client = await edge.client();
    client.send(post(["Content-Length: 10"], "abc"));
    expect((await client.responseHead()).status).toBe(400);
  });

  it("a body whose chunks are malformed is a 400", async () => {
    const client = await (await edgeWith((peer) => peer.requestHead())).client();
    client.send(post(["Transfer-Encoding: chunked"], "zz\r\n"));
    expect((await client.responseHead()).status).toBe(400);
  });
});

it("a client of HTTP/1.0 has its connection ended, as it expects (RFC 9112 §9.3)", async () => {
  const client = await (await edgeWith(answerOk)).client();
  client.send(get().replace("HTTP/1.1", "HTTP/1.0"));
  await client.responseHead();
  expect(await client.untilEnd()).toBe("ok");
});
