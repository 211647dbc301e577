import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../http/header-list.ts";
import { SWITCHED, closeAfterEach, get, handshake, startEdge } from "../../support/emulated-edge.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

/** An accepted upgrade: both ends, heads taken off. */
async function joined(early = "", extra: string[] = []): Promise<{ client: RawPeer; service: RawPeer }> {
  const edge = opened(
    await startEdge({
      answer: async (peer) => {
        await peer.requestHead();
        peer.send(SWITCHED + early);
      },
    }),
  );
  const client = await edge.client();
  client.send(handshake(extra));
  const head = await client.responseHead();
  expect(head.status).toBe(101);
  return { client, service: await edge.backend.peer() };
}

const FRAMES = "\u0081\u0005hello\u0000\u00ff\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";

describe("after the 101 the edge is a pipe", () => {
  it("bytes pass in both directions, unread", async () => {
    const { client, service } = await joined();
    client.send(FRAMES);
    expect(await service.take(FRAMES.length)).toBe(FRAMES);
    service.send(FRAMES);
    expect(await client.take(FRAMES.length)).toBe(FRAMES);
    client.send("again");
    expect(await service.take(5)).toBe("again");
  });

  it("bytes in the same packet as the 101 reach the client, before later ones", async () => {
    const { client, service } = await joined(FRAMES);
    service.send("later");
    expect(await client.take(FRAMES.length + 5)).toBe(`${FRAMES}later`);
  });

  it("bytes in the same packet as the handshake reach the service, before later ones", async () => {
    const edge = opened(await startEdge());
    const client = await edge.client();
    client.send(handshake() + FRAMES);
    const service = await edge.backend.peer();
    await service.requestHead();
    service.send(SWITCHED);
    await client.responseHead();
    client.send("later");
    expect(await service.take(FRAMES.length + 5)).toBe(`${FRAMES}later`);
  });

  it("a megabyte passes whole", async () => {
    const { client, service } = await joined();
    const bytes = "0123456789abcdef".repeat(65_536);
    service.send(bytes);
    client.send(bytes);
    expect((await client.take(bytes.length)) === bytes).toBe(true);
    expect((await service.take(bytes.length)) === bytes).toBe(true);
  });

  it("the 101 keeps the service's lines and tells that it came through", async () => {
    const accepted = SWITCHED.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: one\r\nX-B: 1\r\n\r\n");
    const edge = opened(await startEdge({ answer: async (peer) => (await peer.requestHead(), peer.send(accepted)) }));
    const client = await edge.client();
    client.send(handshake(["Sec-WebSocket-Protocol: one, two"]));
    expect((await client.responseHead()).headers).toEqual([
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Protocol", "one"],
      ["X-B", "1"],
      ["via", "1.1 google"],
    ]);
  });
});

describe("the end of one side is the end of the other", () => {
  it.each<[string, (peer: RawPeer) => unknown]>([
    ["ends", (peer) => peer.socket.end("last")],
    ["is destroyed", (peer) => peer.socket.destroy()],
    ["resets", (peer) => peer.socket.resetAndDestroy()],
  ])("when the service %s", async (how, leave) => {
    const { client, service } = await joined();
    leave(service);
    const rest = await client.untilEnd();
    expect(rest).toBe(how === "ends" ? "last" : "");
  });

  it.each<[string, (peer: RawPeer) => unknown]>([
    ["ends", (peer) => peer.socket.end("last")],
    ["is destroyed", (peer) => peer.socket.destroy()],
    ["resets", (peer) => peer.socket.resetAndDestroy()],
  ])("when the client %s", async (how, leave) => {
    const { client, service } = await joined();
    leave(client);
    const rest = await service.untilEnd();
    expect(rest).toBe(how === "ends" ? "last" : "");
  });

  it("when the emulator closes", async () => {
    const edge = await startEdge({ answer: async (peer) => (await peer.requestHead(), peer.send(SWITCHED)) });
    const client = await edge.client();
    client.send(handshake());
    await client.responseHead();
    const service = await edge.backend.peer();
    await edge.close();
    await Promise.all([client.untilEnd(), service.untilEnd()]);
  });
});

describe("an upgrade that the service refuses", () => {
  it.each([
    [200, "OK"],
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [426, "Upgrade Required"],
  ])("with %i is relayed, and the connection lives on", async (status, reason) => {
    const refusal = `HTTP/1.1 ${status} ${reason}\r\nX-Why: because\r\nContent-Length: 2\r\n\r\nno`;
    const edge = opened(await startEdge({ answer: async (peer) => (await peer.requestHead(), peer.send(refusal)) }));
    const client = await edge.client();
    for (const bytes of [handshake(), get()]) {
      client.send(bytes);
      const head = await client.responseHead();
      expect([head.status, valuesOf(head.headers, "x-why")]).toEqual([status, ["because"]]);
      expect(await client.take(2)).toBe("no");
    }
  });
});

describe("response actions on the 101", () => {
  it.each([
    ["applied", []],
    ["not-applied", ["one"]],
  ])("are %s, as the assumption says", async (reading, arrives) => {
    const edge = opened(
      await startEdge({
        patch: ({ urlMap }) => (urlMap["header_action"] = { response_headers_to_remove: ["Sec-WebSocket-Protocol"] }),
        answer: async (peer) => {
          await peer.requestHead();
          peer.send(SWITCHED.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: one\r\n\r\n"));
        },
        emulator: { assumptions: { "actions-on-101": reading } },
      }),
    );
    const client = await edge.client();
    client.send(handshake());
    expect(valuesOf((await client.responseHead()).headers, "sec-websocket-protocol")).toEqual(arrives);
  });
});
