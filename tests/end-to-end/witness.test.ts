import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { SIGNATURE_HEADER } from "../../contract/probe-protocol.ts";
import type { Result } from "../../probes/facts/result.ts";
import { KEY, signature, signedTarget } from "../support/attempt-fixture.ts";
import { BUNDLE, headgate, run } from "../support/cli.ts";
import { closeAfterEach, get, handshake } from "../support/emulated-edge.ts";
import { edgeBefore } from "../support/live-edge.ts";
import { rawClient } from "../support/raw-sockets.ts";
import { referenceSynth, temporaryFolder } from "../support/reference.ts";
import { startProcess } from "../support/witness-process.ts";
import type { RunningProcess } from "../support/witness-process.ts";

const opened = closeAfterEach();
let folder: ReturnType<typeof temporaryFolder>;
/** The package as it is published, installed in an empty folder with nothing else. */
let installed: string;
let packed: string[];

beforeAll(async () => {
  folder = temporaryFolder();
  const pack = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder.path]);
  expect(pack.code, pack.stderr).toBe(0);
  packed = (JSON.parse(pack.stdout) as { files: { path: string }[] }[])[0]!.files.map(({ path }) => path);
  const tarball = readdirSync(folder.path).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(folder.path, "package.json"), '{ "name": "someone-else", "private": true }');
  const install = ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`];
  const { code, stderr } = await run("npm", install, { cwd: folder.path });
  expect(code, stderr).toBe(0);
  installed = join(folder.path, "node_modules/headgate");
}, 120_000);
afterAll(() => folder.remove());

const SERVICE = { HEADGATE_KEY: KEY, HEADGATE_SERVICE: "backend" };

/** `headgate witness` as a process of its own; ended after the test. */
const start = async (args: readonly string[] = ["--port", "0"], env: Readonly<Record<string, string>> = SERVICE) =>
  opened(await startProcess(process.execPath, [BUNDLE, "witness", ...args], { env }));

async function ask(port: number, bytes = get([`${SIGNATURE_HEADER}: ${signature()}`, "Connection: close"])) {
  const client = await rawClient(port);
  client.send(bytes);
  const text = await client.untilEnd();
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  return {
    status: Number(text.slice(9, 12)),
    report: (body.startsWith("{") ? JSON.parse(body) : body) as object | string,
  };
}

async function openSocket(port: number, protocols: string[] = []): Promise<[WebSocket, string]> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${signedTarget()}`, protocols);
  opened({ close: () => socket.terminate() });
  return [socket, String((await once(socket, "message"))[0])];
}

describe("headgate witness", () => {
  it("answers whoever signs, over HTTP and WebSocket, and nobody else, and says one line in all", async () => {
    const witness = await start(["--port", "0", "--subprotocol", "one", "--subprotocol", "jwt-auth"]);
    expect(await ask(witness.port)).toMatchObject({ status: 200, report: { service: "backend", revision: "unknown" } });
    const [socket, first] = await openSocket(witness.port, ["jwt-auth"]);
    expect(JSON.parse(first)).toMatchObject({ service: "backend", nonce: expect.any(String) as string });
    expect(socket.protocol).toBe("jwt-auth");
    socket.send("echo");
    expect(String((await once(socket, "message"))[0])).toBe("echo");
    const secret = "Authorization: Bearer a-secret-of-the-test";
    expect(await ask(witness.port, get([secret, "Connection: close"]))).toEqual({ status: 404, report: "" });
    expect(await ask(witness.port, handshake([secret]))).toEqual({ status: 404, report: "" });
    expect(await ask(witness.port, "nonsense\r\n\r\n")).toMatchObject({ status: 400 });
    witness.child.kill("SIGTERM");
    expect(await witness.ended).toBe(0);
    expect(witness.output()).toBe(
      `headgate witness of backend, revision unknown, listens on 0.0.0.0:${witness.port}\n`,
    );
  });

  it("reads a head of 200 KiB", async () => {
    const { port } = await start();
    const value = "v".repeat(200 * 1024);
    const { report } = await ask(
      port,
      get([`X-Long: ${value}`, `${SIGNATURE_HEADER}: ${signature()}`, "Connection: close"]),
    );
    expect((report as { headers: [string, string][] }).headers.find(([name]) => name === "X-Long")?.[1] === value).toBe(
      true,
    );
  });

  it("takes port, service and revision from what Cloud Run sets", async () => {
    const onRun = { HEADGATE_KEY: KEY, K_SERVICE: "run-name", K_REVISION: "run-name-00007", PORT: "0" };
    const { report } = await ask((await start([], onRun)).port);
    expect(report).toMatchObject({ service: "run-name", revision: "run-name-00007" });
    const byStacks = { ...onRun, HEADGATE_SERVICE: "backend" };
    expect((await ask((await start([], byStacks)).port)).report).toMatchObject({ service: "backend" });
    const said = await start(["--service", "said", "--host", "127.0.0.1"], byStacks);
    expect((await ask(said.port)).report).toMatchObject({ service: "said" });
    expect(said.output()).toContain("127.0.0.1:");
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "on %s closes open sockets with 1001 and ends 0 within two seconds",
    async (signal) => {
      const witness = await start();
      const [polite] = await openSocket(witness.port);
      const codes = once(polite, "close");
      const silent = await rawClient(witness.port);
      silent.send(handshake([], signedTarget()));
      await silent.until((text) => text.includes("headgate-witness/1"));
      const started = performance.now();
      witness.child.kill(signal);
      expect((await codes)[0]).toBe(1001);
      expect(await witness.ended).toBe(0);
      expect(performance.now() - started).toBeLessThan(2000);
    },
  );

  it("limits sockets and their lifetime as it is told", async () => {
    const { port } = await start(["--port", "0", "--max-sockets", "1", "--lifetime", "0.5", "--ping", "0"]);
    const [socket] = await openSocket(port);
    expect((await ask(port, handshake([], signedTarget()))).status).toBe(503);
    expect((await once(socket, "close"))[0]).toBe(1000);
  });

  const { HEADGATE_SERVICE } = SERVICE;
  it.each<[string, string[], Record<string, string>]>([
    ["HEADGATE_KEY is not set", [], { HEADGATE_SERVICE }],
    ["HEADGATE_KEY is shorter than 16 characters", [], { HEADGATE_SERVICE, HEADGATE_KEY: "fifteen-letters" }],
    ["--service NAME", [], { HEADGATE_KEY: KEY }],
    ["PORT is http", [], { ...SERVICE, PORT: "http" }],
    ["PORT is 65536", [], { ...SERVICE, PORT: "65536" }],
    ["give a port", ["--port", "65536"], SERVICE],
    ["--subprotocol a b", ["--subprotocol", "a b"], SERVICE],
    ["whole number", ["--max-sockets", "0"], SERVICE],
    ["above 0", ["--lifetime", "0"], SERVICE],
    ["no such address", ["--host", "203.0.113.1", "--port", "0"], SERVICE],
  ])("ends 2 and says what to do: %s", async (words, args, env) => {
    const none = { HEADGATE_KEY: "", HEADGATE_SERVICE: "", K_SERVICE: "", PORT: "" };
    const { code, stdout, stderr } = await headgate(["witness", ...args], { env: { ...none, ...env } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
    for (const key of [KEY, "fifteen-letters"]) expect(stderr).not.toContain(key);
  });

  it("ends 2 when its port is in use", async () => {
    const { port } = await start();
    const { code, stderr } = await headgate(["witness", "--port", String(port)], { env: SERVICE });
    expect(code).toBe(2);
    expect(stderr).toBe(
      `headgate: cannot listen on 0.0.0.0:${port}: the port is in use; choose another with --port, or 0 for a free one\n`,
    );
  });

  it("shows its options and an example", async () => {
    const { code, stdout } = await headgate(["witness", "--help"]);
    expect(code).toBe(0);
    for (const option of ["--port", "--host", "--service", "--subprotocol", "--max-sockets", "--lifetime", "--ping"])
      expect(stdout).toContain(option);
    expect(stdout).toContain("Example:");
  });
});

/** Arguments that point `probe` at the emulated staging edge with these processes behind it. */
async function edgeWith(serve: (service: string) => Promise<RunningProcess>): Promise<readonly string[]> {
  const port = async (service: string): Promise<number> => opened(await serve(service)).port;
  const edge = opened(await edgeBefore(referenceSynth(), folder.path, port));
  return [...edge.args, "--format", "json"];
}

describe("probe --live accepts", () => {
  it("the witness as a process, replay refused and all", async () => {
    const args = await edgeWith((service) =>
      startProcess(
        process.execPath,
        [BUNDLE, "witness", "--port", "0", "--service", service, "--subprotocol", "jwt-auth"],
        {
          env: { HEADGATE_KEY: KEY },
        },
      ),
    );
    const { code, stdout, stderr } = await headgate(args, { env: { HEADGATE_KEY: KEY } });
    expect(code, stdout + stderr).toBe(0);
    expect((JSON.parse(stdout) as Result).counts).toMatchObject({ fail: 0, inconclusive: 0 });
  });

  it("an application that is its own witness", async () => {
    const file = join(folder.path, "application.mjs");
    writeFileSync(
      file,
      `import { createServer } from "node:http";
      import { witness } from "headgate/witness";
      const server = createServer((request, response) => response.end("the application"));
      server.on("upgrade", (request, socket) => socket.end("HTTP/1.1 401 Of The App\\r\\n\\r\\n"));
      witness({ key: process.env.HEADGATE_KEY, service: process.argv[2], subprotocols: ["jwt-auth"] }).attach(server);
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`,
    );
    const args = await edgeWith((service) =>
      startProcess(process.execPath, ["--max-http-header-size=262144", file, service], { env: { HEADGATE_KEY: KEY } }),
    );
    const { code, stdout, stderr } = await headgate(args, { env: { HEADGATE_KEY: KEY } });
    expect(code, stdout + stderr).toBe(0);
  });

  it("a witness over HTTP that was written in Python from the page about the protocol", async () => {
    const contract = join(folder.path, "headgate.yaml");
    const text = readFileSync("headgate.yaml", "utf8")
      .replace(/^ {2}session-token:.*\n(?: {4}.*\n)?/m, "")
      .replaceAll("session-token, ", "")
      .replace(/^ {4}(?:protocol: websocket|clients: .*|lifetime: .*)\n/gm, "");
    writeFileSync(contract, text);
    const program = join(process.cwd(), "tests/support/witness.py");
    const servers: RunningProcess[] = [];
    const args = await edgeWith(async (service) => {
      servers.push(await startProcess("python3", [program, service], { env: { HEADGATE_KEY: KEY } }));
      return servers.at(-1)!;
    });
    const { code, stdout, stderr } = await headgate([...args, "--contract", contract], { env: { HEADGATE_KEY: KEY } });
    expect(code, stdout + stderr).toBe(0);
    const { counts } = JSON.parse(stdout) as Result;
    expect(counts).toMatchObject({ fail: 0, inconclusive: 0, upgrades: 0 });
    expect(counts.httpRequests).toBeGreaterThan(5);
    // The same rules hold for it: once, by the right key, in time, one token.
    const { port } = servers[0]!;
    const token = `${SIGNATURE_HEADER}: ${signature()}`;
    expect((await ask(port, get([token]))).status).toBe(200);
    expect((await ask(port, get([token]))).status).toBe(404);
    expect((await ask(port, get([], signedTarget()))).status).toBe(200);
    expect((await ask(port, get([`${SIGNATURE_HEADER}: ${signature()}`], signedTarget()))).status).toBe(404);
    expect((await ask(port, get([`${SIGNATURE_HEADER}: ${signature({ expiresAt: 1 })}`]))).status).toBe(404);
    expect((await ask(port, get([`${SIGNATURE_HEADER}: ${signature({ key: "another key of 16" })}`]))).status).toBe(
      404,
    );
  });
});

describe("the published package", () => {
  const PROGRAMS = {
    "esm.mjs": 'import { witness } from "headgate/witness";\nimport { createServer } from "node:http";',
    "commonjs.cjs": 'const { witness } = require("headgate/witness");\nconst { createServer } = require("node:http");',
  };

  it.each(Object.entries(PROGRAMS))("has the middleware for %s, with nothing else installed", async (name, imports) => {
    expect(readdirSync(join(folder.path, "node_modules")).filter((each) => !each.startsWith("."))).toEqual([
      "headgate",
    ]);
    const file = join(folder.path, name);
    writeFileSync(
      file,
      `${imports}
      const server = createServer((request, response) => response.end("the application"));
      witness({ key: process.env.HEADGATE_KEY, service: "backend" }).attach(server);
      server.on("upgrade", (request, socket) => socket.destroy());
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`,
    );
    const application = opened(await startProcess(process.execPath, [file], { env: { HEADGATE_KEY: KEY } }));
    expect((await ask(application.port)).report).toMatchObject({ schema: "headgate-witness/1" });
    expect((await openSocket(application.port))[1]).toContain("headgate-witness/1");
    expect((await ask(application.port, get(["Connection: close"]))).report).toBe("the application");
    expect(application.output()).toBe(`${application.port}\n`);
  });

  it.each(["witness.js", "witness.cjs"])("holds nobody else's code in %s, and needs none", (name) => {
    const text = readFileSync(join(installed, "dist", name), "utf8");
    const needed = [...text.matchAll(/(?:from|require\()\s*"([^"]+)"/g)].map((match) => match[1]!);
    expect(needed.length).toBeGreaterThan(2);
    expect(needed.filter((each) => !each.startsWith("node:"))).toEqual([]);
    expect(text.length).toBeLessThan(30_000);
  });

  it("has types for the middleware", async () => {
    mkdirSync(join(folder.path, "types"));
    cpSync("node_modules/@types/node", join(folder.path, "types/node_modules/@types/node"), { recursive: true });
    cpSync("node_modules/undici-types", join(folder.path, "types/node_modules/undici-types"), { recursive: true });
    const compilerOptions = { module: "nodenext", strict: true, noEmit: true, target: "es2022", types: ["node"] };
    writeFileSync(
      join(folder.path, "types/tsconfig.json"),
      JSON.stringify({ compilerOptions, include: ["*.ts", "*.mts"] }),
    );
    const program = (option: string): string =>
      `import { createServer } from "node:http";
      import { witness } from "headgate/witness";
      const guard = witness({ key: process.env["HEADGATE_KEY"], ${option}: "backend", revision: process.env["K_REVISION"] });
      guard.attach(createServer((request, response) => void guard.handle(request, response)));
      guard.express()(...([] as unknown as Parameters<ReturnType<typeof guard.express>>));\n`;
    const check = () => run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", join(folder.path, "types")]);
    for (const name of ["commonjs.ts", "esm.mts"]) writeFileSync(join(folder.path, "types", name), program("service"));
    const good = await check();
    expect(good.code, good.stdout).toBe(0);
    writeFileSync(join(folder.path, "types/slip.ts"), program("servise"));
    expect((await check()).code).not.toBe(0);
  }, 60_000);
});

describe("the container", () => {
  const lines = readFileSync("docker/witness/Dockerfile", "utf8").split("\n");
  const copies = lines.filter((line) => line.startsWith("COPY ")).map((line) => line.split(" ").slice(1));

  it("copies what the package publishes", () => {
    expect(copies.length).toBeGreaterThan(1);
    expect(packed).toContain("docker/witness/Dockerfile");
    for (const [source = ""] of copies)
      expect(packed.some((path) => path === source || path.startsWith(`${source}/`))).toBe(true);
  });

  it("runs as nobody in particular, its command the witness, with what was copied and nothing else", async () => {
    expect(lines).toContain("USER node");
    const root = join(folder.path, "container");
    for (const [source = "", target = ""] of copies) {
      const to = join(root, target, statSync(join(installed, source)).isDirectory() ? "" : source.split("/").at(-1)!);
      cpSync(join(installed, source), to, { recursive: true });
    }
    const entry = lines.find((line) => line.startsWith("ENTRYPOINT "))!.slice("ENTRYPOINT ".length);
    const [command, ...args] = (JSON.parse(entry) as string[]).map((part) => part.replace("/headgate", root));
    const env = { ...SERVICE, PORT: "0" };
    const witness = opened(await startProcess(command!, args, { env, cwd: root }));
    expect((await ask(witness.port)).report).toMatchObject({ service: "backend" });
    witness.child.kill("SIGTERM");
    expect(await witness.ended).toBe(0);
  });
});
