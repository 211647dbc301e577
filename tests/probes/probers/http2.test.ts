import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { HeaderLine } from "../../../http/header-list.ts";
import { firstValue, valuesOf } from "../../../http/header-list.ts";
import type { Attempt, Case } from "../../../probes/facts/case.ts";
import type { Observation } from "../../../probes/facts/observation.ts";
import { compareHeader } from "../../../probes/probers/compare.ts";
import { probeHttp2 } from "../../../probes/probers/http2.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import { KEY, attemptOf, deadline, endpointAt, plannedCase } from "../../support/attempt-fixture.ts";
import { closeAfterEach } from "../../support/emulated-edge.ts";
import { startHttp2Edge } from "../../support/http2-edge.ts";
import {
  SETTINGS,
  STATUS_103,
  STATUS_200,
  dataFrame,
  headFrame,
  http2Frame,
  requestSent,
  resetFrame,
  secure,
  sendWhole,
  startHttp2RawServer,
  startHttp2Server,
} from "../../support/http2-server.ts";
import type { Http2Answer, SecureServer } from "../../support/http2-server.ts";
import { eventually } from "../../support/raw-sockets.ts";
import type { RawPeer } from "../../support/raw-sockets.ts";

const opened = closeAfterEach();
let server: SecureServer | undefined;
// Every attempt leaves its connection closed, however it ended.
afterEach(async () => {
  await eventually(async () => server === undefined || (await server.open()) === 0);
  server = undefined;
});

const LINES: readonly HeaderLine[] = [
  ["X-B", "2"],
  ["Authorization", "Bearer c"],
  ["x-b", "3"],
  ["Cookie", "a=1; b=2"],
  ["X_Under", "u\u00e9"],
];

type Asked = Partial<Attempt> & { readonly client?: Case["client"]; readonly signal?: AbortSignal };

async function ask(to: SecureServer, { client = "native", signal = deadline(), ...more }: Asked = {}) {
  server = opened(to);
  const planned = { case: plannedCase("http", { client }), lines: LINES, ...more };
  return probeHttp2(attemptOf("http", [], planned), endpointAt(to.port, { scheme: "https", ca: to.ca }), signal);
}

const answered = async (answer: Http2Answer, asked?: Asked) => ask(await startHttp2Server(answer), asked);

/** An attempt at a server that begins with its settings and then does as it likes. */
async function attacked(answer: (peer: RawPeer) => unknown, ms = 20_000): Promise<Observation> {
  const hostile = await startHttp2RawServer(async (peer) => {
    peer.send(SETTINGS);
    await requestSent(peer);
    await answer(peer);
  });
  const started = performance.now();
  const seen = await ask(hostile, { signal: deadline(ms) });
  expect(performance.now() - started).toBeLessThan(ms + 2000);
  expect(seen.witness).toBeUndefined();
  expect(seen.failure?.message ?? "").not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  return seen;
}

describe("what was sent", () => {
  it("is what the far side decoded: every field, names in small letters, :authority as host", async () => {
    const fields: HeaderLine[][] = [];
    const seen = await answered((stream, own) => (fields.push([...own]), stream.respond({}, { endStream: true })));
    const [far] = fields;
    expect(far!.slice(0, 4)).toEqual([
      [":method", "GET"],
      [":scheme", "https"],
      [":authority", "api.example.com"],
      [":path", seen.sent === undefined ? "" : expect.stringContaining("/ws?")],
    ]);
    expect(seen.sent).toEqual([["host", "api.example.com"], ...far!.slice(4)]);
    expect(valuesOf(seen.sent!, "X-B")).toEqual(["2", "3"]);
    expect(firstValue(seen.sent!, "x_under")).toBe("u\u00e9");
    expect(seen).toMatchObject({ prober: "http2", secure: true, response: { status: 200 } });
    expect(seen.failure).toBeUndefined();
  });

  it("holds one cookie line, which a page sends in pieces and another client whole", async () => {
    for (const [client, pieces] of [
      ["browser", ["a=1", "b=2"]],
      ["native", ["a=1; b=2"]],
    ] as const) {
      const cookies: string[][] = [];
      const seen = await answered(
        (stream, own) => (cookies.push(valuesOf(own, "cookie")), stream.respond({}, { endStream: true })),
        { client },
      );
      expect(cookies, client).toEqual([pieces]);
      expect(valuesOf(seen.sent!, "Cookie"), client).toEqual(["a=1; b=2"]);
      expect(seen.failure, client).toBeUndefined();
    }
  });

  it.each([10, 40])("keeps a value of %i KB whole", async (size) => {
    const value = "v".repeat(size * 1024);
    const answer: Http2Answer = (stream) => stream.respond({}, { endStream: true });
    const to = await startHttp2Server(answer, { settings: { maxHeaderListSize: 1024 * 1024 } });
    const seen = await ask(to, { lines: [["X-Long", value]] });
    expect(seen.failure).toBeUndefined();
    expect(firstValue(seen.sent!, "x-long") === value).toBe(true);
  });

  it("is nothing where the library refuses the request, and the words do not repeat it", async () => {
    const seen = await answered(() => undefined, { lines: [["Connection", "a-secret-option"]] });
    expect(seen.failure).toEqual({
      phase: "send",
      message: "the client library refuses to send this request",
      during: "sent",
    });
    expect(seen.sent).toBeUndefined();
  });
});

describe("through an edge as it is documented", () => {
  async function through(options: Parameters<typeof startHttp2Edge>[1], client: Case["client"] = "browser") {
    const witness = opened(await startWitness({ service: "backend", key: KEY }));
    return ask(await startHttp2Edge(witness.port, options), { client });
  }

  it.each(["browser", "native"] as const)("every header of a %s arrives intact, cookies too", async (client) => {
    const seen = await through({}, client);
    expect(seen.witness).toMatchObject({ nonce: "nonce-1", httpVersion: "1.1" });
    for (const name of ["X-B", "Authorization", "Cookie", "X_Under", "Host"])
      expect([name, compareHeader(name, seen.sent!, seen.witness!.headers, [])]).toEqual([name, "intact"]);
    expect(seen.response!.headers).toContainEqual(["via", "1.1 google"]);
    expect(seen.response!.body).toBe("");
  });

  it("a cookie that the edge leaves in pieces is not what was sent", async () => {
    const seen = await through({ tamper: (lines) => lines });
    expect(valuesOf(seen.witness!.headers, "cookie")).toEqual(["a=1", "b=2"]);
    expect(compareHeader("Cookie", seen.sent!, seen.witness!.headers, [])).toBe("replaced");
  });

  it.each([true, false])("says whether WebSockets over HTTP/2 are announced: %s", async (extendedConnect) => {
    expect((await through({ extendedConnect })).extendedConnect).toBe(extendedConnect);
  });
});

describe("a server that does not agree to HTTP/2", () => {
  it.each([
    ["refuses the handshake", { ALPNProtocols: ["http/1.1"] }],
    ["says nothing of protocols", {}],
  ])("and %s, is said, and nothing is sent", async (_, options) => {
    const seen = await ask(await secure(options, (peer) => peer.socket.resume()));
    expect(seen.failure).toMatchObject({ phase: "tls", message: expect.stringContaining("does not speak HTTP/2") });
    expect(seen.sent).toBeUndefined();
    expect(seen.response).toBeUndefined();
    expect(server!.peers.every(({ received }) => received.length === 0)).toBe(true);
  });

  it("and has no TLS, is said", async () => {
    const seen = await probeHttp2(attemptOf("http"), endpointAt(1), deadline());
    expect(seen.failure).toMatchObject({ phase: "send", message: "HTTP/2 is spoken over TLS alone" });
  });

  it("and has a certificate of another name, is refused by that", async () => {
    const seen = await ask(await secure({ ALPNProtocols: ["h2"] }, undefined, undefined, ["other.example.com"]));
    expect(seen.failure!.phase).toBe("tls-name");
  });
});

describe("an answer", () => {
  it("that redirects is recorded, not followed", async () => {
    let requests = 0;
    const seen = await answered((stream) => {
      requests++;
      stream.respond({ ":status": 302, location: "https://api.example.com/elsewhere" }, { endStream: true });
    });
    expect(seen.response).toMatchObject({ status: 302, body: "" });
    expect(firstValue(seen.response!.headers, "Location")).toBe("https://api.example.com/elsewhere");
    expect([requests, seen.failure]).toEqual([1, undefined]);
  });

  it("that refuses keeps its header lines and the first 4 KiB of a body without end", async () => {
    const seen = await answered((stream) => {
      stream.respond({ ":status": 403, "set-cookie": ["a=1", "b=2"] });
      const more = (): void => void (stream.destroyed || stream.write("no".repeat(8192), more));
      more();
    });
    expect(seen.response!.body).toBe("no".repeat(2048));
    expect(valuesOf(seen.response!.headers, "set-cookie")).toEqual(["a=1", "b=2"]);
    expect(seen.failure).toBeUndefined();
  });

  it("comes after interim ones, which are passed over", async () => {
    const seen = await answered((stream) => {
      stream.additionalHeaders({ ":status": 103, link: "</x>" });
      stream.respond({ "x-final": "1" });
      stream.end("done");
    });
    expect(seen.response).toMatchObject({ status: 200, body: "done" });
    expect(firstValue(seen.response!.headers, "link")).toBeUndefined();
    expect(seen.failure).toBeUndefined();
  });

  it("has its moments in their order, on one clock", async () => {
    const { timings } = await answered((stream) => (stream.respond({}), stream.end("x")));
    const order = ["tcp", "tls", "sent", "firstByte", "head", "body"] as const;
    const times = order.map((moment) => timings![moment]);
    expect(times.every((time) => time !== undefined)).toBe(true);
    expect(times).toEqual([...times].sort((a, b) => a! - b!));
  });
});

describe("an attempt that ends early", () => {
  it("does so before it begins", async () => {
    const seen = await answered(() => undefined, { signal: AbortSignal.abort() });
    expect(seen.failure!.phase).toBe("interrupted");
    expect(server!.peers).toEqual([]);
  });

  it.each<[string, (peer: RawPeer) => unknown, string]>([
    ["in silence", () => undefined, "firstByte"],
    ["within the head", (peer) => peer.send(http2Frame(0x1, 0, 1, STATUS_200)), "head"],
    ["within the body", (peer) => peer.send(Buffer.concat([headFrame(STATUS_200), dataFrame("x")])), "body"],
  ])("does so %s, at the deadline, and says what was waited for", async (_, answer, during) => {
    const seen = await attacked(answer, 400);
    expect(seen.failure).toMatchObject({ phase: "deadline", during });
    expect(seen.sent).toContainEqual(["authorization", "Bearer c"]);
  });

  it("does so where TLS is never answered", async () => {
    const silent = await secure({}, undefined, (socket) => socket.destroy());
    const seen = await ask(silent, { signal: deadline(2000) });
    expect(["tls", "response"]).toContain(seen.failure!.phase);
  });
});

describe("a server that", () => {
  it.each<[string, (peer: RawPeer) => unknown, RegExp]>([
    ["resets the stream", (peer) => peer.send(resetFrame(0x7)), /REFUSED_STREAM/],
    ["cancels the stream", (peer) => peer.send(resetFrame(0x8)), /CANCEL/],
    ["wants HTTP/1.1", (peer) => peer.send(resetFrame(0xd)), /HTTP_1_1_REQUIRED/],
    ["goes away", (peer) => peer.send(http2Frame(0x7, 0, 0, Buffer.alloc(8))), /GOAWAY/],
    [
      "goes away in anger",
      (peer) => peer.send(http2Frame(0x7, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 0xb]))),
      /GOAWAY|error code 11/,
    ],
    ["ends the connection", (peer) => peer.socket.end(), /closed the connection/],
    ["resets the connection", (peer) => peer.socket.destroy(), /closed the connection|ECONNRESET/],
    ["speaks HTTP/1.1 after all", (peer) => peer.send("HTTP/1.1 200 OK\r\n\r\n"), /rules of HTTP.2/],
    [
      "sends a head that cannot be decoded",
      (peer) => peer.send(headFrame("\u00ff\u00ff\u00ff\u00ff\u00ff")),
      /rules of HTTP.2/,
    ],
  ])("%s, is a failure of the answer", async (_, answer, words) => {
    const seen = await attacked(answer, 3000);
    expect(seen.failure).toMatchObject({ phase: "response" });
    expect(seen.failure!.message).toMatch(words);
    expect(seen.response).toBeUndefined();
    expect(seen.sent).toContainEqual(["host", "api.example.com"]);
  });

  it.each<[string, (peer: RawPeer) => unknown]>([
    ["resets the stream", (peer) => peer.send(resetFrame(0x2))],
    ["cancels the stream", (peer) => peer.send(resetFrame(0x8))],
    ["resets it without an error", (peer) => peer.send(resetFrame(0x0))],
    ["ends the connection", (peer) => peer.socket.end()],
    ["resets the connection", (peer) => peer.socket.destroy()],
  ])("%s within the body, is a failure that keeps the status", async (_, end) => {
    const seen = await attacked(async (peer) => {
      await sendWhole(peer, Buffer.concat([headFrame(STATUS_200), dataFrame("part")]));
      await end(peer);
    }, 3000);
    expect(seen.response).toMatchObject({ status: 200, body: "part" });
    expect(seen.failure).toMatchObject({ phase: "response", during: "body" });
  });

  it.each<[string, Buffer, Buffer]>([
    ["interim answers", Buffer.alloc(0), headFrame(`${STATUS_103}\u0000\u0001x\u0003abc`)],
    ["a head", http2Frame(0x1, 0, 1, STATUS_200), http2Frame(0x9, 0, 1, `\u0000\u0001x\u0003abc`)],
    ["pings", Buffer.alloc(0), http2Frame(0x6, 0, 0, "12345678")],
    ["settings", Buffer.alloc(0), SETTINGS],
    ["frames of an unknown type", Buffer.alloc(0), http2Frame(0xee, 0, 0, "x".repeat(100))],
    ["data", headFrame(STATUS_200), dataFrame("x".repeat(1000))],
  ])("sends %s without end, is left in time and in little memory", async (_, start, bytes) => {
    const before = process.memoryUsage().rss;
    const seen = await attacked((peer) => {
      peer.send(start);
      const chunk = Buffer.concat(Array<Buffer>(200).fill(bytes));
      const more = (): void => {
        while (!peer.ended && peer.socket.writable && peer.socket.write(chunk));
      };
      peer.socket.on("drain", more);
      more();
    }, 2000);
    expect(["response", "deadline"]).toContain(seen.failure!.phase);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it("answers with a thousandfold gzip, is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const seen = await answered((stream) => (stream.respond({ "content-encoding": "gzip" }), stream.end(bomb)));
    expect(seen.witness).toBeUndefined();
    expect(seen.response!.status).toBe(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });
});
