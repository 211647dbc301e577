import { createHmac } from "node:crypto";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { WitnessReport } from "../../../contract/probe-protocol.ts";
import { valuesOf } from "../../../http/header-list.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import type { WitnessOptions } from "../../../probes/witness/start.ts";
import { ask, signedLine as header, statusOf } from "../../support/ask-witness.ts";
import { KEY, signature, signedTarget } from "../../support/attempt-fixture.ts";
import { closeAfterEach, get, handshake } from "../../support/emulated-edge.ts";
import { rawClient, requestBytes } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();

const start = async (more: Partial<WitnessOptions> = {}) =>
  opened(await startWitness({ service: "backend", key: KEY, ...more }));

function open(port: number, protocols: string[]): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${signedTarget()}`, protocols);
  opened({ close: () => socket.terminate() });
  return socket;
}

async function nextText(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, "message")) as [Buffer];
  return data.toString("utf8");
}

describe("a witness is closed to whoever does not sign", () => {
  const expired = signature({ expiresAt: 1 });
  const foreign = signature({ key: "another" });
  const [payload, mac] = signature().split(".") as [string, string];
  const otherPayload = signature({ nonce: "other" }).split(".")[0]!;
  const twice = signature({ expiresAt: Date.now() + 600_000 });
  const nonJson = "bm90IGpzb24";
  const tampered = (claim: string): string => {
    const [environment, route, nonce, expiresAt] = JSON.parse(Buffer.from(claim, "base64url").toString()) as unknown[];
    return Buffer.from(JSON.stringify([environment, route, nonce, Number(expiresAt) + 1])).toString("base64url");
  };

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
    ["one in the header, another in the query", get([header(signature())], signedTarget())],
    ["the same on two lines", get([header(twice), header(twice)])],
    ["the same in two parameters", get([], `/ws?headgate-signature=${twice}&headgate-signature=${twice}`)],
    ["two in the query", get([], `${signedTarget()}&headgate-signature=${signature()}`)],
    ["a nonce of 129 characters", get([header(signature({ nonce: "n".repeat(129) }))])],
    ["a claim that was tampered with", get([header(`${tampered(payload)}.${mac}`)])],
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
    const bytes = (): string => get([header(signature({ expiresAt: 2000 }))]);
    expect((await ask(port, bytes())).status).toBe(200);
    now = 1999;
    expect((await ask(port, bytes())).status).toBe(200);
    now = 2000;
    expect((await ask(port, bytes())).status).toBe(404);
  });

  it("a payload that is signed and is no claim", async () => {
    const { port } = await start();
    for (const text of ["not json", "{}", '["e","r","n"]', "null"]) {
      const bare = Buffer.from(text).toString("base64url");
      const token = `${bare}.${createHmac("sha256", KEY).update(bare).digest("base64url")}`;
      expect((await ask(port, get([header(token)]))).status).toBe(404);
    }
  });

  it.each([undefined, "", "fifteen letters"])("nobody has a key when it is %j", async (key) => {
    const { port } = opened(await startWitness({ service: "backend", key: key! }));
    if (key === undefined) return expect((await ask(port, get())).status).toBe(404);
    expect((await ask(port, get([header(signature({ key }))]))).status).toBe(404);
  });
});

describe("an HTTP report", () => {
  it("holds every header line, in order, duplicates, case and empty values kept", async () => {
    const { port } = await start();
    const lines = ["X-B: 2", "x-a: 1", "Cookie: a=1", "X-B: 3", "Cookie: b=2", "X-Empty:", "x_under: \u00e9\u00ff"];
    const { status, report } = await ask(
      port,
      get([...lines, header(signature({ nonce: "nonce-1" }))], "/some/path?q=1"),
    );
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
    const bytes = (): string => get([header(signature())]);
    const [first, again, other] = [
      await ask(named.port, bytes()),
      await ask(named.port, bytes()),
      await ask(plain.port, bytes()),
    ];
    expect(first.report).toMatchObject({ service: "backend", revision: "backend-7", image: "echo@sha256:1" });
    expect(other.report).toMatchObject({ service: "backend", revision: "emulated", image: null });
    expect(first.report.instance).toBe(again.report.instance);
    expect(first.report.instance).not.toBe(other.report.instance);
    expect(Date.parse(first.report.startedAt)).not.toBeNaN();
  });

  it("leaves out none of 3000 lines", async () => {
    const { port } = await start();
    const lines = Array.from({ length: 3000 }, (_, index) => `X-${index}: ${index}`);
    const { report } = await ask(port, get([...lines, header(signature())]));
    expect(report.headers.slice(1, -1).map((line) => line.join(": "))).toEqual(lines);
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
    ["GET", "/ws?headgate-signature=%zz%00&headgate-signature="],
    ["OPTIONS", "*"],
  ])("%s %s", async (method, target) => {
    const { port } = await start();
    const bytes = (lines: string[]) =>
      requestBytes(`${method} ${target} HTTP/1.1`, ["Host: api.example.com", ...lines]);
    expect((await ask(port, bytes([]))).status).toBe(404);
    // What stands in the query under this name is a signature, and is not the header's.
    if (target.includes("%00")) return expect(await statusOf(port, bytes([header(signature())]))).toBe(404);
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
    expect(report).toMatchObject({ service: "backend", method: "GET" });
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

  const complete = handshake([]);
  it.each([
    [400, "without a key", complete.replace(/Sec-WebSocket-Key: .*\r\n/, "")],
    [400, "with a key that is not 16 bytes", complete.replace(/Sec-WebSocket-Key: .*/, "Sec-WebSocket-Key: c2hvcnQ=")],
    [400, "with two keys", complete.replace(/(Sec-WebSocket-Key: .*\r\n)/, "$1$1")],
    [400, "to another protocol", complete.replace("Upgrade: websocket", "Upgrade: other")],
    [400, "by POST", complete.replace("GET", "POST")],
    [426, "of version 8", complete.replace("Version: 13", "Version: 8")],
    [426, "of no version", complete.replace(/Sec-WebSocket-Version: .*\r\n/, "")],
  ])("is refused with %i %s", async (status, _, bytes) => {
    const { port } = await start();
    const client = await rawClient(port);
    client.send(bytes.replace("\r\n\r\n", `\r\n${header(signature())}\r\n\r\n`));
    const head = await client.responseHead();
    expect(head.status).toBe(status);
    expect(valuesOf(head.headers, "sec-websocket-version")).toEqual(status === 426 ? ["13"] : []);
    expect(await client.untilEnd()).toContain(status === 426 ? "13" : "");
  });

  it("is refused with an answer that arrives, however much the client sends at once", async () => {
    const { port } = await start();
    const client = await rawClient(port);
    client.send(complete.replace("Version: 13", `Version: 8\r\n${header(signature())}`));
    client.send(Buffer.alloc(5_000_000, "x"));
    expect((await client.responseHead()).status).toBe(426);
    await once(client.socket, "close");
    expect(client.error).toBeUndefined();
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
