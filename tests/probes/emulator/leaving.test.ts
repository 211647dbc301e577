import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../http/header-list.ts";
import type { EmulatorOptions } from "../../../probes/emulator/start.ts";
import type { AccessRecord } from "../../../probes/facts/trace.ts";
import { ADDRESS, HOST, edgeModel } from "../../support/edge-fixture.ts";
import { OK, SWITCHED, answerOk, closeAfterEach, get, handshake, startEdge } from "../../support/emulated-edge.ts";
import { eventually } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";
import { closeFrame, frame, unmasked } from "../../support/websocket-bytes.ts";

const opened = closeAfterEach();

async function edgeWith(answer: (peer: RawPeer) => unknown, emulator: Partial<EmulatorOptions> = {}) {
  return opened(await startEdge({ answer, emulator }));
}

describe("when the edge goes away", () => {
  async function socketThrough() {
    const edge = await edgeWith(async (peer) => (await peer.requestHead(), peer.send(SWITCHED)));
    const client = await edge.client();
    client.send(handshake());
    await client.responseHead();
    return { edge, client, service: await edge.backend.peer() };
  }

  it("both sides of an open socket get a Close 1001, masked toward the service", async () => {
    const { edge, client, service } = await socketThrough();
    service.received = Buffer.alloc(0);
    const from = performance.now();
    await edge.emulator.stop(1500);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(await client.untilEnd()).toBe(closeFrame(1001));
    expect(unmasked(await service.untilEnd())).toEqual({ opcode: 8, payload: "\u0003\u00e9" });
  });

  it("the frame that is on its way is finished first", async () => {
    const { edge, client, service } = await socketThrough();
    const message = frame("0123456789");
    service.send(message.slice(0, 5));
    await client.until((text) => text.length === 5);
    const stopped = edge.emulator.stop(1500);
    await new Promise((resolve) => setTimeout(resolve, 50));
    service.send(message.slice(5) + frame("never"));
    expect(await client.untilEnd()).toBe(message + closeFrame(1001));
    await stopped;
  });

  it("a side that has said Close is not told again", async () => {
    const { edge, client, service } = await socketThrough();
    service.send(closeFrame(1000));
    await client.until((text) => text.length === 4);
    await edge.emulator.stop(1500);
    expect(await client.untilEnd()).toBe(closeFrame(1000));
  });

  it("a request under way is answered, and an idle connection ended", async () => {
    const edge = await edgeWith(async (peer) => {
      await peer.requestHead();
      setTimeout(() => peer.send(OK), 200);
    });
    const [idle, busy] = [await edge.client(), await edge.client()];
    busy.send(get());
    await (await edge.backend.peer()).until((text) => text === "");
    await eventually(() => edge.emulator.seen.requests === 1);
    const stopped = edge.emulator.stop(1500);
    await idle.untilEnd();
    expect((await busy.responseHead()).status).toBe(200);
    await stopped;
  });

  it("what does not end is ended after the given time", async () => {
    const edge = await edgeWith(() => undefined);
    const client = await edge.client();
    client.send(get());
    await edge.backend.peer();
    const from = performance.now();
    await edge.emulator.stop(300);
    expect(performance.now() - from).toBeLessThan(1000);
    await client.untilEnd();
  });
});

describe("another model", () => {
  it("serves new requests, while an open socket goes on", async () => {
    const edge = await edgeWith(async (peer) => {
      const head = await peer.requestHead();
      peer.send(
        valuesOf(head.headers, "upgrade").length > 0
          ? SWITCHED
          : `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Got: ${valuesOf(head.headers, "x-a").join()}\r\n\r\nok`,
      );
    });
    const socket = await edge.client();
    socket.send(handshake());
    await socket.responseHead();
    const client = await edge.client();
    const got = async (): Promise<string[]> => {
      client.send(get(["X-A: 1"]));
      const { headers } = await client.responseHead();
      await client.take(2);
      return valuesOf(headers, "x-got");
    };
    expect(await got()).toEqual(["1"]);
    await edge.emulator.replaceModel(
      edgeModel(({ urlMap }) => (urlMap["header_action"] = { request_headers_to_remove: ["X-A"] })),
    );
    expect(await got()).toEqual([""]);
    const service = await edge.backend.peer();
    socket.send("\u0081\u0081maskX");
    expect(await service.take(7)).toBe("\u0081\u0081maskX");
  });
});

describe("the access log", () => {
  it("has one record a request: status, route, what changed and where, and no value", async () => {
    const records: AccessRecord[] = [];
    const edge = opened(
      await startEdge({
        answer: answerOk,
        emulator: { onAccess: (record) => records.push(record) },
        patch: ({ urlMap, backend }) => {
          urlMap["header_action"] = { request_headers_to_remove: ["Authorization"] };
          backend["custom_request_headers"] = ["X-A: of-the-edge"];
        },
      }),
    );
    const client = await edge.client();
    client.send(
      get(
        ["Authorization: Bearer hidden-one", "X-A: hidden-two", "X-Forwarded-For: 192.0.2.1"],
        "/ws?token=hidden-three",
      ),
    );
    await client.responseHead();
    await client.take(2);
    client.send("nonsense\r\n\r\n");
    await client.responseHead();
    await eventually(() => records.length === 2);
    expect(records[0]).toMatchObject({
      ...{ method: "GET", host: HOST, path: "/ws", status: 200, outcome: "backend", websocket: false },
      ...{ backend: ADDRESS.api, service: ADDRESS.apiService },
    });
    expect(records[0]!.route!.attribute).toBe("path_matcher[0].route_rules[0].service");
    expect(records[0]!.changes.map(({ name, state, by }) => [name, state, by!.stage])).toEqual([
      ["authorization", "removed", "url-map"],
      ["x-a", "replaced", "backend"],
      ["x-forwarded-for", "appended", "proxy"],
    ]);
    expect(records[1]).toMatchObject({ method: "-", status: 400, outcome: "rejected-by-edge" });
    expect(JSON.stringify(records)).not.toMatch(/hidden|of-the-edge|192\.0\.2\.1/);
  });

  it("has the record of an upgrade once it is accepted, and of a client that left", async () => {
    const records: AccessRecord[] = [];
    const edge = await edgeWith(
      async (peer) => {
        if (valuesOf((await peer.requestHead()).headers, "upgrade").length > 0) peer.send(SWITCHED);
      },
      { onAccess: (record) => void records.push(record) },
    );
    const socket = await edge.client();
    socket.send(handshake());
    await socket.responseHead();
    await eventually(() => records.length === 1);
    expect(records[0]).toMatchObject({ status: 101, websocket: true });
    const leaver = await edge.client();
    leaver.send(get());
    await edge.backend.peer(1);
    leaver.socket.resetAndDestroy();
    await eventually(() => records.length === 2);
    expect(records[1]).toMatchObject({ outcome: "backend" });
  });
});

it("a Host with the port of this machine counts as one without, where that is asked for", async () => {
  const heads: string[] = [];
  const edge = await edgeWith(
    async (peer) => {
      heads.push(valuesOf((await peer.requestHead()).headers, "host").join());
      peer.send(OK);
    },
    { forgivesOwnPort: true },
  );
  const bytes = (port: number): string => get().replace(`Host: ${HOST}`, `Host: ${HOST}:${port}`);
  const [own, other] = [await edge.client(), await edge.client()];
  own.send(bytes(edge.emulator.ports.https!));
  expect((await own.responseHead()).status).toBe(200);
  expect(heads).toEqual([HOST]);
  other.send(bytes(1));
  expect((await other.responseHead()).status).toBe(501);
});
