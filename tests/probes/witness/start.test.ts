import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { SIGNATURE_HEADER } from "../../../contract/probe-protocol.ts";
import type { WitnessReport } from "../../../contract/probe-protocol.ts";
import { valuesOf } from "../../../http/header-list.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import type { WitnessOptions } from "../../../probes/witness/start.ts";
import { KEY, signature, signedTarget } from "../../support/attempt-fixture.ts";
import { closeAfterEach, get, handshake } from "../../support/emulated-edge.ts";
import { rawClient, requestBytes } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

const start = async (more: Partial<WitnessOptions> = {}) =>
  opened(await startWitness({ service: "backend", key: KEY, ...more }));

/** The status of the answer to these bytes, and the report in it. */
async function ask(port: number, bytes: string): Promise<{ status: number; text: string; report: WitnessReport }> {
  const client = await rawClient(port);
  client.send(bytes);
  const head = await client.responseHead();
  const bytesOfBody = await client.take(Number(valuesOf(head.headers, "content-length")[0] ?? 0));
  const text = Buffer.from(bytesOfBody, "latin1").toString("utf8");
  client.socket.destroy();
  return { status: head.status, text, report: (text === "" ? undefined : JSON.parse(text)) as WitnessReport };
}

function open(port: number, protocols: string[]): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${signedTarget()}`, protocols);
  opened({ close: () => socket.terminate() });
  return socket;
}

async function nextText(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return data.toString("utf8");
}

const header = (token: string): string => `${SIGNATURE_HEADER}: ${token}`;

describe("a witness is closed to whoever does not sign", () => {
  const expired = signature({ expiresAt: 1 });
  const foreign = signature({ key: "another" });
  const [payload, mac] = signature().split(".") as [string, string];
  const otherPayload = signature({ nonce: "other" }).split(".")[0]!;
  const nonJson = "bm90IGpzb24";

  it.each([
    ["no signature", get()],
    ["an empty one", get([header("")])],
    ["an expired one in the header", get([header(expired)])],
    ["an expired one in the query", get([], `/ws?headgate-signature=${expired}`)],
    ["one by another key", get([header(foreign)])],
    ["a payload that was swapped", get([header(`${otherPayload}.${mac}`)])],
    ["a MAC that was cut", get([header(`${payload}.${mac.slice(0, 10)}`)])],
    ["no MAC", get([header(payload)])],
    ["a third part", get([header(`${payload}.${mac}.x`)])],
    ["a payload that is not JSON", get([header(`${nonJson}.${mac}`)])],
    ["a bad header beside a good query", get([header(foreign)], signedTarget())],
    ["two signatures in one header", get([header(signature()), header(signature())])],
  ])("%s", async (_, bytes) => {
    const { port } = await start();
    expect(await ask(port, bytes)).toMatchObject({ status: 404, text: "" });
    expect(
      await ask(port, bytes.replace("\r\n\r\n", `\r\n${handshake().split("\r\n").slice(2, 6).join("\r\n")}\r\n\r\n`)),
    ).toMatchObject({
      status: 404,
      text: "",
    });
  });

  it("a signature runs out when its time has come", async () => {
    let now = 1000;
    const { port } = await start({ now: () => now });
    const bytes = get([header(signature({ expiresAt: 2000 }))]);
    expect((await ask(port, bytes)).status).toBe(200);
    now = 2000;
    expect((await ask(port, bytes)).status).toBe(404);
  });
});

describe("an HTTP report", () => {
  it("holds every header line, in order, duplicates, case and empty values kept", async () => {
    const { port } = await start();
    const lines = ["X-B: 2", "x-a: 1", "Cookie: a=1", "X-B: 3", "Cookie: b=2", "X-Empty:", "x_under: \u00e9\u00ff"];
    const { status, report } = await ask(port, get([...lines, header(signature())], "/some/path?q=1"));
    expect(status).toBe(200);
    expect(report.headers.slice(1, -1)).toEqual([
      ["X-B", "2"],
      ["x-a", "1"],
      ["Cookie", "a=1"],
      ["X-B", "3"],
      ["Cookie", "b=2"],
      ["X-Empty", ""],
      ["x_under", "\u00e9\u00ff"],
    ]);
    expect(report).toMatchObject({ method: "GET", target: "/some/path?q=1", httpVersion: "1.1", nonce: "nonce-1" });
  });

  it("says who answers", async () => {
    const named = await start({ revision: "backend-7", image: "echo@sha256:1" });
    const plain = await start();
    const bytes = get([header(signature())]);
    const [first, again, other] = [
      await ask(named.port, bytes),
      await ask(named.port, bytes),
      await ask(plain.port, bytes),
    ];
    expect(first.report).toMatchObject({ service: "backend", revision: "backend-7", image: "echo@sha256:1" });
    expect(other.report).toMatchObject({ service: "backend", revision: "emulated", image: null });
    expect(first.report.instance).toBe(again.report.instance);
    expect(first.report.instance).not.toBe(other.report.instance);
    expect(Date.parse(first.report.startedAt)).not.toBeNaN();
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("answers %s", async (method) => {
    const { port } = await start();
    const bytes = requestBytes(`${method} /ws HTTP/1.1`, ["Host: api.example.com", header(signature())]);
    expect((await ask(port, bytes)).report.method).toBe(method);
  });

  it("is not the limit that it measures: a head of 200 KB is read whole", async () => {
    const { port } = await start();
    const value = "v".repeat(200 * 1024);
    const { report } = await ask(port, get([`X-Long: ${value}`, header(signature())]));
    expect(valuesOf(report.headers, "x-long")[0] === value).toBe(true);
  });
});

describe("strange targets do not crash it", () => {
  it.each([
    ["GET", "//"],
    ["GET", "/%zz?x"],
    ["GET", "/?%zz=%"],
    ["GET", "http://api.example.com/ws"],
    ["GET", "/ws???&&==&headgate-signature"],
    ["OPTIONS", "*"],
  ])("%s %s", async (method, target) => {
    const { port } = await start();
    const bytes = (lines: string[]) =>
      requestBytes(`${method} ${target} HTTP/1.1`, ["Host: api.example.com", ...lines]);
    expect((await ask(port, bytes([]))).status).toBe(404);
    const { status, report } = await ask(port, bytes([header(signature())]));
    expect([status, report.target]).toEqual([200, target]);
    expect((await ask(port, get([header(signature())]))).status).toBe(200);
  });

  it("nor do bytes that are no request, or a client that leaves", async () => {
    const { port } = await start();
    const stranger = await rawClient(port);
    stranger.send("\u0000\u0001nonsense\r\n\r\n");
    await stranger.untilEnd();
    const leaver = await rawClient(port);
    leaver.send(handshake([header(signature())]));
    await leaver.responseHead();
    leaver.socket.resetAndDestroy();
    expect((await ask(port, get([header(signature())]))).status).toBe(200);
  });
});

describe("a WebSocket", () => {
  it.each([
    ["//", true],
    ["/%zz", true],
    ["/ws", false],
  ])("to %s is opened by a signature in the %s (query: %s)", async (path, inQuery) => {
    const { port } = await start();
    const client = await rawClient(port);
    client.send(inQuery ? handshake([], signedTarget(path)) : handshake([header(signature())], path));
    expect((await client.responseHead()).status).toBe(101);
    await client.until((text) => text.includes('"schema":"headgate-witness/1"'));
    client.socket.destroy();
  });

  it("reports first, then echoes text as text and bytes as bytes", async () => {
    const { port } = await start({ subprotocols: ["one"] });
    const socket = open(port, ["one"]);
    const report = JSON.parse(await nextText(socket)) as WitnessReport;
    expect(report).toMatchObject({ service: "backend", nonce: "nonce-1", method: "GET" });
    expect(valuesOf(report.headers, "sec-websocket-protocol")).toEqual(["one"]);
    const frames: [Buffer, boolean][] = [];
    socket.on("message", (data: Buffer, isBinary: boolean) => frames.push([data, isBinary]));
    socket.send("text");
    socket.send(Buffer.from([0, 255]));
    socket.send("");
    while (frames.length < 3) await once(socket, "message");
    expect(frames.map(([data, isBinary]) => [data.toString("latin1"), isBinary])).toEqual([
      ["text", false],
      ["\u0000\u00ff", true],
      ["", false],
    ]);
  });

  it.each([
    [["jwt-auth"], "jwt-auth, jwt.token", "jwt-auth"],
    [["jwt-auth"], "jwt.token, jwt-auth", "jwt-auth"],
    [["b", "a"], "a, b", "b"],
    [["jwt-auth"], "jwt.token", undefined],
    [[], "a, b", undefined],
    [undefined, "a", undefined],
  ])("with the list %j answers %s with %s", async (subprotocols, offered, selected) => {
    const { port } = await start(subprotocols === undefined ? {} : { subprotocols });
    const client = await rawClient(port);
    client.send(handshake([header(signature()), `Sec-WebSocket-Protocol: ${offered}`]));
    const head = await client.responseHead();
    expect(head.status).toBe(101);
    expect(valuesOf(head.headers, "sec-websocket-protocol")).toEqual(selected === undefined ? [] : [selected]);
    client.socket.destroy();
  });

  it("without the lines that a handshake needs is refused", async () => {
    const { port } = await start();
    const client = await rawClient(port);
    client.send(get(["Upgrade: websocket", "Connection: Upgrade", header(signature())]));
    expect((await client.responseHead()).status).toBe(400);
    client.socket.destroy();
  });
});

it("close ends open sockets and frees the port", async () => {
  const witness = await startWitness({ service: "backend", key: KEY });
  const client = await rawClient(witness.port);
  client.send(handshake([header(signature())]));
  await client.responseHead();
  await witness.close();
  await client.untilEnd();
  await expect(rawClient(witness.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
