import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startWitness } from "../../../probes/witness/start.ts";
import type { Limits } from "../../../probes/witness/limits.ts";
import { KEY, signedTarget } from "../../support/attempt-fixture.ts";
import { clientFrame } from "../../support/client-frame.ts";
import { closeAfterEach, handshake } from "../../support/emulated-edge.ts";
import { rawClient } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();
const MIB = 1024 * 1024;

const start = async (limits: Partial<Limits> = {}) =>
  opened(await startWitness({ service: "backend", key: KEY, limits }));

interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The next frame off what has arrived. */
async function nextFrame(client: RawPeer): Promise<Frame> {
  const start = Buffer.from(await client.take(2), "latin1");
  const short = start[1]!;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const more = Buffer.from(await client.take(extra), "latin1");
  const length = extra === 0 ? short : extra === 2 ? more.readUInt16BE() : Number(more.readBigUInt64BE());
  expect(start[0]! & 0x80).toBe(0x80);
  return { opcode: start[0]! & 0x0f, payload: Buffer.from(await client.take(length), "latin1") };
}

const codeOf = ({ opcode, payload }: Frame): number | undefined =>
  opcode === 8 ? (payload.length === 0 ? 1005 : payload.readUInt16BE()) : undefined;

/** A socket past its handshake and its report. `early` is sent with the handshake, in one piece. */
async function openRaw(port: number, early: Buffer = Buffer.alloc(0)): Promise<RawPeer> {
  const client = await rawClient(port);
  opened({ close: () => client.socket.destroy() });
  client.send(Buffer.concat([Buffer.from(handshake([], signedTarget())), early]));
  expect((await client.responseHead()).status).toBe(101);
  const report = await nextFrame(client);
  expect(report.opcode).toBe(1);
  expect(JSON.parse(report.payload.toString())).toMatchObject({ schema: "headgate-witness/1" });
  return client;
}

async function openWs(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${signedTarget()}`);
  opened({ close: () => socket.terminate() });
  await once(socket, "message");
  return socket;
}

describe("an open socket", () => {
  it("echoes a message that came in fragments, with a ping between them, byte by byte", async () => {
    const { port } = await start();
    const client = await openRaw(port);
    const bytes = Buffer.concat([
      clientFrame(1, "Grü", { isFinal: false }),
      clientFrame(9, "are you there"),
      clientFrame(0, "", { isFinal: false }),
      clientFrame(0, "ße"),
    ]);
    for (const byte of bytes) {
      client.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await nextFrame(client)).toEqual({ opcode: 10, payload: Buffer.from("are you there") });
    expect(await nextFrame(client)).toEqual({ opcode: 1, payload: Buffer.from("Grüße") });
  });

  it("takes what was sent together with the handshake, after its report", async () => {
    const { port } = await start();
    const client = await openRaw(port, Buffer.concat([clientFrame(1, "early"), clientFrame(2, Buffer.from([0, 255]))]));
    expect(await nextFrame(client)).toEqual({ opcode: 1, payload: Buffer.from("early") });
    expect(await nextFrame(client)).toEqual({ opcode: 2, payload: Buffer.from([0, 255]) });
  });

  it("echoes a mebibyte, and refuses one byte more with 1009", async () => {
    const { port } = await start();
    const socket = await openWs(port);
    const largest = Buffer.alloc(MIB, 7);
    socket.send(largest);
    const [echo, isBinary] = (await once(socket, "message")) as [Buffer, boolean];
    expect([echo.equals(largest), isBinary]).toEqual([true, true]);
    socket.send(Buffer.alloc(MIB + 1));
    expect((await once(socket, "close"))[0]).toBe(1009);
  });

  it("refuses a message over the limit in pieces too, and says so to a client that goes on sending", async () => {
    const { port } = await start();
    const client = await openRaw(port);
    for (let piece = 0; piece < 40; piece++)
      client.send(clientFrame(piece === 0 ? 2 : 0, Buffer.alloc(MIB / 8), { isFinal: false }));
    expect(codeOf(await nextFrame(client))).toBe(1009);
    await client.untilEnd();
    expect(client.error).toBeUndefined();
  });

  it.each([
    [1002, Buffer.from([0x81, 1, 65])],
    [1002, clientFrame(3, "")],
    [1007, clientFrame(1, Buffer.from([0xff]))],
  ])("ends with %i for what a server must refuse", async (code, bytes) => {
    const { port } = await start();
    const client = await openRaw(port);
    client.send(bytes);
    expect(codeOf(await nextFrame(client))).toBe(code);
    await client.untilEnd();
  });

  it.each([1000, 1001, 3000, 4999])("answers a close %i with the same code, and ends", async (code) => {
    const { port } = await start();
    const client = await openRaw(port);
    client.send(clientFrame(8, Buffer.from([code >> 8, code & 255, ...Buffer.from("because")])));
    client.send(clientFrame(1, "late"));
    expect(codeOf(await nextFrame(client))).toBe(code);
    expect(await client.untilEnd()).toBe("");
  });

  it("answers a close without a code with one without", async () => {
    const { port } = await start();
    const client = await openRaw(port);
    client.send(clientFrame(8, ""));
    expect(codeOf(await nextFrame(client))).toBe(1005);
    expect(await client.untilEnd()).toBe("");
  });

  it("holds little of what a client sends that does not read", async () => {
    const { port } = await start();
    const client = await openRaw(port);
    client.socket.pause();
    const before = process.memoryUsage().rss;
    const frame = clientFrame(2, Buffer.alloc(MIB));
    let sent = 0;
    const fill = async (): Promise<void> => {
      while (sent < 300) {
        sent++;
        if (!client.socket.write(frame)) {
          const drained = await Promise.race([
            once(client.socket, "drain").then(() => true),
            new Promise<false>((resolve) => setTimeout(() => resolve(false), 1000)),
          ]);
          if (!drained) return;
        }
      }
    };
    await fill();
    expect(sent).toBeLessThan(100);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * MIB);
  });
});

describe("time", () => {
  it("closes a socket at the end of its lifetime with 1000", async () => {
    const { port } = await start({ lifetimeMs: 300 });
    const client = await openRaw(port);
    expect(codeOf(await nextFrame(client))).toBe(1000);
    // Whoever does not answer is cut.
    await client.untilEnd();
  });

  it("pings a silent socket, and keeps one that answers", async () => {
    const { port } = await start({ silenceMs: 100 });
    const client = await openRaw(port);
    for (let pinged = 0; pinged < 4; pinged++) {
      expect((await nextFrame(client)).opcode).toBe(9);
      client.send(clientFrame(10, ""));
    }
    client.send(clientFrame(1, "still here"));
    expect((await nextFrame(client)).payload.toString()).toBe("still here");
  });

  it("cuts a socket that does not answer the ping", async () => {
    const { port } = await start({ silenceMs: 100 });
    const client = await openRaw(port);
    expect((await nextFrame(client)).opcode).toBe(9);
    expect(await client.untilEnd()).toBe("");
  });

  it("pings nobody with 0", async () => {
    const { port } = await start({ silenceMs: 0, lifetimeMs: 500 });
    const client = await openRaw(port);
    expect(codeOf(await nextFrame(client))).toBe(1000);
  });
});

describe("many sockets", () => {
  it("are held at once, each with its own report and echo", async () => {
    const { port } = await start();
    const sockets = await Promise.all(Array.from({ length: 300 }, () => openWs(port)));
    const echoes = sockets.map(async (socket, index) => {
      socket.send(`message ${index}`);
      return String((await once(socket, "message"))[0]);
    });
    expect(await Promise.all(echoes)).toEqual(sockets.map((_, index) => `message ${index}`));
  });

  it("beyond the limit are refused with 503, until one has gone", async () => {
    const { port } = await start({ maxSockets: 2 });
    const first = await openRaw(port);
    await openRaw(port);
    const refused = await rawClient(port);
    refused.send(handshake([], signedTarget()));
    expect((await refused.responseHead()).status).toBe(503);
    expect(await refused.untilEnd()).toContain("holds 2 sockets");
    first.send(clientFrame(8, ""));
    await first.untilEnd();
    first.socket.destroy();
    await openRaw(port);
  });
});

describe("stop", () => {
  it("ends open sockets with 1001, at once when they answer", async () => {
    const witness = await startWitness({ service: "backend", key: KEY });
    const sockets = await Promise.all([openWs(witness.port), openWs(witness.port)]);
    const codes = sockets.map(async (socket) => (await once(socket, "close"))[0] as number);
    const started = performance.now();
    await witness.stop();
    expect(await Promise.all(codes)).toEqual([1001, 1001]);
    expect(performance.now() - started).toBeLessThan(900);
    await expect(rawClient(witness.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("waits a second for those that do not, and for no connection that says nothing", async () => {
    const witness = await startWitness({ service: "backend", key: KEY });
    const silent = await rawClient(witness.port);
    const client = await openRaw(witness.port);
    const started = performance.now();
    await witness.stop();
    expect(performance.now() - started).toBeLessThan(1900);
    expect(codeOf(await nextFrame(client))).toBe(1001);
    await client.untilEnd();
    await silent.untilEnd();
  });
});
