import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect as connectTls } from "node:tls";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { valuesOf } from "../../http/header-list.ts";
import { headgate } from "../support/cli.ts";
import { closeAfterEach } from "../support/emulated-edge.ts";
import { startEmulate } from "../support/emulate-process.ts";
import { RawPeer, eventually, rawClient, startRawServer } from "../support/raw-sockets.ts";
import { startTlsServer } from "../support/tls-server.ts";
import { plantedSynth, referenceSynth, routingMap, temporaryFolder } from "../support/reference.ts";

const opened = closeAfterEach();
const API = "api.staging.example.com";
const TOKEN = "Bearer not-for-anybodys-eyes";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A real small application: says over HTTP what it received, and echoes over WebSocket. */
async function startApp(host = "127.0.0.1") {
  const heads: (readonly string[])[] = [];
  const closes: number[] = [];
  const server = createServer((request, response) => {
    heads.push(request.rawHeaders);
    response.end(request.headers["authorization"] ?? "(none)");
  });
  const sockets = new WebSocketServer({ server, handleProtocols: (offered) => [...offered][0] ?? false });
  sockets.on("connection", (socket, request) => {
    heads.push(request.rawHeaders);
    socket.on("message", (bytes, isBinary) => socket.send(bytes, { binary: isBinary }));
    socket.on("close", (code) => closes.push(code));
  });
  await once(server.listen(0, host), "listening");
  return opened({
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    heads,
    closes,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  });
}

const SOURCE = ["--env", "staging"];

async function emulate(args: readonly string[], env: Readonly<Record<string, string>> = {}, source = referenceSynth()) {
  return opened(await startEmulate([source, ...SOURCE, ...args], env));
}

/** A real WebSocket to a name of the edge, sent to where the emulator listens. */
function socketTo(port: number, ca: string, headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(`wss://${API}:${port}/ws`, ["jwt-auth", "jwt.abc"], {
    ca,
    headers,
    lookup: (_name, options, callback) =>
      options.all === true
        ? (callback as unknown as (error: null, all: object[]) => void)(null, [{ address: "127.0.0.1", family: 4 }])
        : callback(null, "127.0.0.1", 4),
  });
}

/** One GET over TLS, with the name in SNI and `Host` and nothing else changed. */
async function getOver(port: number, ca: string, target = "/api/x", host = API, lines: readonly string[] = []) {
  const socket = connectTls({ port, host: "127.0.0.1", servername: host, ca });
  const peer = new RawPeer(socket);
  await once(socket, "secureConnect");
  peer.send([`GET ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...lines, "\r\n"].join("\r\n"));
  const head = await peer.responseHead();
  return { ...head, body: await peer.untilEnd() };
}

describe("headgate emulate", () => {
  it("serves the edge over TLS with an application behind it, over HTTP and WebSocket, and logs each request", async () => {
    const app = await startApp();
    const ca = join(folder.path, "ca.pem");
    const edge = await emulate(["--backend", `backend=${app.url}`, "--ca-out", ca]);
    const pem = readFileSync(ca, "utf8");
    const answer = await getOver(edge.ports.https!, pem, "/api/x?token=hidden", API, [
      `Authorization: ${TOKEN}`,
      "X-User-Id: 7",
    ]);
    expect([answer.status, answer.body]).toEqual([200, TOKEN]);
    expect(valuesOf(answer.headers, "via")).toEqual(["1.1 google"]);
    const names = app.heads[0]!.filter((_, index) => index % 2 === 0);
    expect(names).toContain("x-request-source");
    expect(names).not.toContain("x-user-id");

    const socket = socketTo(edge.ports.https!, pem, { Authorization: TOKEN });
    await once(socket, "open");
    socket.send("hello");
    const [message] = (await once(socket, "message")) as [Buffer];
    expect([message.toString(), socket.protocol]).toEqual(["hello", "jwt-auth"]);
    expect(app.heads[1]!.join("\n")).toContain(`host\n${API}\n`);
    socket.terminate();

    const { code, elapsedMs } = await edge.end();
    expect(code).toBe(0);
    expect(elapsedMs).toBeLessThan(2000);
    expect(edge.stderr()).toMatch(/ 200 {2}GET api\.staging\.example\.com\/api\/x {2}→ google_cloud_run_v2_service\./);
    expect(edge.stderr()).toMatch(/removed x-user-id \([^)]*cdk\.tf\.json:\d+:\d+, U2\)/);
    expect(edge.stderr()).toMatch(/ 101 {2}GET api\.staging\.example\.com\/ws \(upgrade\)/);
    expect(edge.stdout() + edge.stderr()).not.toMatch(/not-for-anybodys-eyes|hidden|jwt\.abc/);
    expect(edge.stdout()).toContain(
      `curl --cacert ${ca} --connect-to ${API}:443:127.0.0.1:${edge.ports.https} https://${API}/`,
    );
    expect(edge.stdout()).toContain(`--host-resolver-rules="MAP ${API}:443 127.0.0.1:${edge.ports.https}`);
  });

  it("speaks TLS to an https:// upstream that it can verify, and takes one that it cannot for failed", async () => {
    const upstream = opened(
      await startTlsServer(["localhost"], async (peer) => {
        const { headers } = await peer.requestHead();
        const body = valuesOf(headers, "host").join();
        peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      }),
    );
    const ca = join(folder.path, "upstream.pem");
    writeFileSync(ca, upstream.ca);
    const args = ["--no-tls", "--backend", `backend=https://localhost:${upstream.port}`];
    for (const [env, status, body] of [
      [{ NODE_EXTRA_CA_CERTS: ca }, 200, API],
      [{}, 503, "the backend failed: "],
    ] as const) {
      const edge = await emulate(args, env);
      const client = await rawClient(edge.ports.https!);
      client.send(`GET /api/x HTTP/1.1\r\nHost: ${API}\r\nConnection: close\r\n\r\n`);
      expect((await client.responseHead()).status).toBe(status);
      expect(await client.untilEnd()).toContain(body);
    }
  });

  it("redirects on the HTTP listener, and says which option is missing where nothing stands behind", async () => {
    const edge = await emulate(["--no-tls"]);
    const plain = await rawClient(edge.ports.http!);
    plain.send(`GET /a HTTP/1.1\r\nHost: ${API}\r\n\r\n`);
    const redirect = await plain.responseHead();
    expect([redirect.status, valuesOf(redirect.headers, "location")]).toEqual([301, [`https://${API}/a`]]);
    plain.socket.destroy();
    const client = await rawClient(edge.ports.https!);
    client.send(`GET /api/x HTTP/1.1\r\nHost: ${API}\r\nConnection: close\r\n\r\n`);
    expect((await client.responseHead()).status).toBe(503);
    expect(await client.untilEnd()).toContain("--backend backend=http://HOST:PORT");
  });

  it("lets the built-in witness stand in where a key is set, and it answers nobody without a signature", async () => {
    const edge = await emulate(["--no-tls"], { HEADGATE_KEY: "0123456789abcdef0123456789abcdef" });
    expect(edge.stdout()).toContain("backend → the built-in witness");
    const client = await rawClient(edge.ports.https!);
    client.send(`GET /api/x HTTP/1.1\r\nHost: ${API}\r\nConnection: close\r\n\r\n`);
    expect((await client.responseHead()).status).toBe(404);
    expect(edge.stdout() + edge.stderr()).not.toContain("0123456789abcdef");
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends 0 on %s: open WebSockets get a Close 1001 on both sides",
    async (signal) => {
      const app = await startApp();
      const ca = join(folder.path, "ca.pem");
      const edge = await emulate(["--backend", `backend=${app.url}`, "--ca-out", ca]);
      const sockets = Array.from({ length: 3 }, () => socketTo(edge.ports.https!, readFileSync(ca, "utf8")));
      await Promise.all(sockets.map((socket) => once(socket, "open")));
      const closed = Promise.all(sockets.map((socket) => once(socket, "close") as Promise<[number]>));
      const { code, elapsedMs } = await edge.end(signal);
      expect(code).toBe(0);
      expect(elapsedMs).toBeLessThan(2000);
      expect((await closed).map(([each]) => each)).toEqual([1001, 1001, 1001]);
      await eventually(() => app.closes.length === 3);
      expect(app.closes).toEqual([1001, 1001, 1001]);
    },
  );

  it("ends at once at a second Ctrl-C", async () => {
    const silent = opened(await startRawServer());
    const edge = await emulate(["--no-tls", "--backend", `backend=http://127.0.0.1:${silent.port}`]);
    const client = await rawClient(edge.ports.https!);
    client.send(`GET /api/x HTTP/1.1\r\nHost: ${API}\r\n\r\n`);
    await silent.peer();
    edge.child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { elapsedMs } = await edge.end("SIGINT");
    expect(elapsedMs).toBeLessThan(800);
  });

  it("gives 504 for a backend that never answers, within the stated time, and 503 for one that is not there", async () => {
    const silent = opened(await startRawServer());
    const edge = await emulate([
      ...["--no-tls", "--timeout", "1", "--backend", `backend=http://127.0.0.1:${silent.port}`],
      ...["--backend", "auth=http://127.0.0.1:1"],
    ]);
    expect(edge.stdout()).toContain("a backend that does not answer within 1 s is a 504");
    for (const [host, status] of [
      [API, 504],
      ["auth.staging.example.com", 503],
    ] as const) {
      const client = await rawClient(edge.ports.https!);
      client.send(`GET /api/x HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect((await client.responseHead()).status).toBe(status);
    }
  });

  it("writes the access log as lines of JSON to a file", async () => {
    const app = await startApp();
    const log = join(folder.path, "access.log");
    const edge = await emulate(["--no-tls", "--backend", `backend=${app.url}`, "--log", log, "--log-format", "json"]);
    const client = await rawClient(edge.ports.https!);
    client.send(`GET /api/x?q=hidden HTTP/1.1\r\nHost: ${API}\r\nX-User-Id: hidden\r\nAuthorization: hidden\r\n\r\n`);
    await client.responseHead();
    await edge.end();
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      ...{ method: "GET", host: API, path: "/api/x", status: 200, outcome: "backend", websocket: false },
      changes: expect.arrayContaining([
        { name: "x-user-id", state: "removed", by: expect.objectContaining({ stage: "url-map", fact: "U2" }) },
      ]),
    });
    expect(lines[0]).not.toContain("hidden");
    expect(edge.stderr()).toBe("");
  });
});

describe("headgate emulate --watch", () => {
  it("serves new requests by what was synthesized anew, keeps open sockets, and keeps the old model when the new is broken", async () => {
    const app = await startApp();
    const ca = join(folder.path, "ca.pem");
    const source = plantedSynth(folder.path, (terraform) => void (terraform.terraform.note = 1));
    const edge = await emulate(["--backend", `backend=${app.url}`, "--ca-out", ca, "--watch"], {}, source);
    const pem = readFileSync(ca, "utf8");
    const arrives = async () =>
      (await getOver(edge.ports.https!, pem, "/api/x", API, [`Authorization: ${TOKEN}`])).body;
    const socket = socketTo(edge.ports.https!, pem);
    await once(socket, "open");
    expect(await arrives()).toBe(TOKEN);

    const file = join(source, "stacks/staging/cdk.tf.json");
    const good = readFileSync(file, "utf8");
    writeFileSync(file, "{ broken");
    await eventually(() => edge.stderr().includes("the configuration read before stays"));
    expect(edge.stderr()).toContain("is not valid JSON");
    expect(await arrives()).toBe(TOKEN);

    const terraform = JSON.parse(good) as { resource: Record<string, unknown> };
    routingMap(terraform).header_action.request_headers_to_remove.push("Authorization");
    writeFileSync(file, JSON.stringify(terraform, null, 2));
    await eventually(() => edge.stderr().includes("was read again"));
    expect(await arrives()).toBe("(none)");
    socket.send("still here");
    const [message] = (await once(socket, "message")) as [Buffer];
    expect(message.toString()).toBe("still here");
    rmSync(join(source, "manifest.json"));
    await eventually(() => edge.stderr().includes("manifest.json"));
    expect(await arrives()).toBe("(none)");
  });
});

describe("what emulate cannot do ends 2 and says what to do", () => {
  it.each([
    [["--backend", "bakend=http://127.0.0.1:1"], "did you mean backend?"],
    [["--backend", "backend"], "--backend NAME=http://HOST:PORT"],
    [["--backend", "backend=ftp://127.0.0.1"], "write http://HOST:PORT"],
    [["--backend", "backend=http://u:hidden@127.0.0.1"], "write http://HOST:PORT"],
    [["--backend", "backend=http://127.0.0.1:1", "--backend", "backend=http://127.0.0.1:2"], "already"],
    [["--assume", "repeated-header=joined"], "did you mean repeated-headers?"],
    [["--assume", "repeated-headers=join"], "did you mean joined?"],
    [["--edge", "previw"], "has no edge previw"],
    [["--client-address", "somewhere"], "is no IP address"],
    [["--log", "no/such/folder/x"], "cannot write no/such/folder/x"],
    [["--no-tls", "--ca-out", "x.pem"], "without TLS there is no certificate authority"],
    [["--prot", "1"], "(Did you mean --port?)"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await headgate(
      ["emulate", referenceSynth(), ...SOURCE, "--port", "0", "--http-port", "0", ...args],
      {
        env: { HEADGATE_KEY: "" },
      },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("hidden");
  });

  it.each(["--port", "--http-port"])("%s in use", async (option) => {
    const taken = opened(await startRawServer());
    const other = option === "--port" ? "--http-port" : "--port";
    const { code, stderr } = await headgate(
      ["emulate", referenceSynth(), ...SOURCE, option, String(taken.port), other, "0"],
      {
        env: { HEADGATE_KEY: "" },
      },
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      `cannot listen on 127.0.0.1:${taken.port}: the port is in use; choose another with ${option}`,
    );
  });

  it("no environment named where there are several", async () => {
    const { code, stderr } = await headgate(["emulate", referenceSynth()]);
    expect(code).toBe(2);
    expect(stderr).toContain("which stack? name one with --env");
    expect(stderr).toContain("holds production, staging");
  });
});
