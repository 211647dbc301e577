import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_NONCE, MIN_KEY, SIGNATURE_HEADER, SIGNATURE_QUERY, sign, verify } from "../../contract/probe-protocol.ts";
import type { SignedClaim } from "../../contract/probe-protocol.ts";
import { CLOSE_MS, LIMITS, MAX_HEAD, MAX_MESSAGE } from "../../probes/witness/limits.ts";
import { witness } from "../../probes/witness/middleware.ts";
import { KEY, signature } from "../support/attempt-fixture.ts";
import { headgate } from "../support/cli.ts";
import { closeAfterEach, get } from "../support/emulated-edge.ts";
import { rawClient } from "../support/raw-sockets.ts";
import { temporaryFolder } from "../support/reference.ts";
import { startProcess } from "../support/witness-process.ts";

const PROTOCOL = readFileSync("docs/witness-protocol.md", "utf8");
const PAGE = readFileSync("docs/witness.md", "utf8");
const opened = closeAfterEach();

/** The one block of a page that is marked so. */
function block(page: string, mark: string): string {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${mark}\\n([\\s\\S]*?)^\`\`\``, "gm"))];
  expect(found).toHaveLength(1);
  return found[0]![1]!;
}

/** Cells of the table rows whose first cell matches. */
function rows(page: string, first: RegExp): string[][] {
  const all = page.split("\n").filter((line) => line.startsWith("|"));
  return all
    .map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    )
    .filter(([cell]) => first.test(cell!));
}

describe("the page about the protocol", () => {
  it("has an example whose token is what its formula gives, and what Headgate signs", () => {
    const example = JSON.parse(block(PROTOCOL, "json worked-example")) as {
      key: string;
      claim: [string, string, string, number];
      payload: string;
      mac: string;
      token: string;
    };
    const { key, claim, payload, mac, token } = example;
    expect(Buffer.from(JSON.stringify(claim), "utf8").toString("base64url")).toBe(payload);
    expect(createHmac("sha256", Buffer.from(key, "utf8")).update(payload, "ascii").digest("base64url")).toBe(mac);
    expect(token).toBe(`${payload}.${mac}`);
    const [environment, route, nonce, expiresAt] = claim;
    const signed: SignedClaim = { environment, route, nonce, expiresAt };
    expect(sign(signed, key)).toBe(token);
    expect(verify(token, key, expiresAt - 1)).toEqual(signed);
  });

  it("names where the token stands, and the limits of key and nonce", () => {
    expect(PROTOCOL).toContain(`request header \`${SIGNATURE_HEADER}\``);
    expect(PROTOCOL).toContain(`query parameter \`${SIGNATURE_QUERY}\``);
    expect(PROTOCOL).toContain(`at least ${MIN_KEY} characters`);
    expect(PROTOCOL).toContain(`at most ${MAX_NONCE} characters`);
  });

  it("shows and explains every field of the answer, and no other", async () => {
    const { startWitness } = await import("../../probes/witness/start.ts");
    const { port } = opened(await startWitness({ service: "backend", key: KEY }));
    const client = await rawClient(port);
    client.send(get([`${SIGNATURE_HEADER}: ${signature()}`, "Connection: close"]));
    const text = await client.untilEnd();
    const fields = Object.keys(JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4)) as object);
    expect(Object.keys(JSON.parse(block(PROTOCOL, "json answer")) as object)).toEqual(fields);
    const section = PROTOCOL.slice(PROTOCOL.indexOf("| field"), PROTOCOL.indexOf("## The answer over WebSocket"));
    expect(rows(section, /^`/).map(([name]) => name!.replaceAll("`", ""))).toEqual(fields);
  });

  it("states the limits that hold", () => {
    const limits = PROTOCOL.slice(PROTOCOL.indexOf("## Limits"));
    const of = (what: string): string => rows(limits, new RegExp(`^${what}`))[0]![1]!;
    expect(of("request head")).toBe(`${MAX_HEAD / 1024} KiB`);
    expect(of("nonce$")).toBe(`${MAX_NONCE} characters`);
    expect(of("nonces remembered")).toBe(LIMITS.maxNonces.toLocaleString("en"));
    expect(of("message")).toBe(`${MAX_MESSAGE / 1024 / 1024} MiB`);
    expect(of("sockets")).toBe(String(LIMITS.maxSockets));
    expect(of("lifetime")).toBe(`${LIMITS.lifetimeMs / 1000} s`);
    expect(of("silence")).toContain(`${LIMITS.silenceMs / 1000} s`);
    expect(of("time to answer a Close")).toBe(`${CLOSE_MS / 1000} s`);
    expect(
      rows(limits, /./)
        .flatMap((row) => /^`(\w+)`/.exec(row[2] ?? "")?.[1] ?? [])
        .sort(),
    ).toEqual(Object.keys(LIMITS).sort());
  });
});

describe("the page about the witness", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeAll(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder.path, "node_modules"));
    symlinkSync(resolve("."), join(folder.path, "node_modules/headgate"));
  });
  afterAll(() => folder.remove());

  it.each([
    ["esm", "mjs"],
    ["commonjs", "cjs"],
  ])("has an example in %s that runs", async (mark, extension) => {
    const file = join(folder.path, `example.${extension}`);
    // The one line that the page leaves out: which port it is.
    writeFileSync(
      file,
      `${block(PAGE, `js ${mark}`)}server.on("listening", () => console.log(server.address().port));\n`,
    );
    const env = { HEADGATE_KEY: KEY, PORT: String(await freePort()) };
    const { port } = opened(await startProcess(process.execPath, [file], { env }));
    const answers = [];
    for (const lines of [[`${SIGNATURE_HEADER}: ${signature()}`], []]) {
      const client = await rawClient(port);
      client.send(get([...lines, "Connection: close"]));
      answers.push(await client.untilEnd());
    }
    expect(answers[0]).toContain('"service":"backend"');
    expect(answers[1]).toContain("the application");
  });

  it("names every call of the middleware", () => {
    const calls = rows(PAGE, /^`/).map(([call]) => /^`(\w+)/.exec(call!)![1]!);
    expect(calls.sort()).toEqual(Object.keys(witness({ key: KEY, service: "backend" })).sort());
  });

  it("uses options that the command has", async () => {
    const { stdout } = await headgate(["witness", "--help"]);
    const commands = [...PAGE.matchAll(/(?:headgate|headgate\.js) witness((?: +--[a-z-]+ [\w-]+)+)/g)];
    expect(commands.length).toBeGreaterThan(2);
    const options = commands.flatMap(([, options]) => options!.match(/--[a-z-]+/g)!);
    for (const option of options) expect(stdout).toContain(`${option} `);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
