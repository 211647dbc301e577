import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { traceJsonSchema } from "../../probes/report/trace-schema.ts";
import type { TraceDocument } from "../../probes/report/trace-schema.ts";
import { BUNDLE, headgate } from "../support/cli.ts";
import { referenceSynth, temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const WS = "wss://api.staging.example.com/ws";

function requests(...lines: (object | string)[]): string {
  const file = join(folder.path, "requests.jsonl");
  writeFileSync(file, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
  return file;
}

type Answer = TraceDocument & { readonly id: string | number };

async function answers(...lines: object[]): Promise<Answer[]> {
  const { code, stdout, stderr } = await headgate(["trace", referenceSynth(), "--requests", requests(...lines)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

const stateOf = (answer: Answer, name: string): string | undefined =>
  answer.headers.find((header) => header.name === name)?.state;

describe("headgate trace --requests", () => {
  it("answers no more when nobody reads any more", async () => {
    const many = Array.from({ length: 200_000 }, (_, id) => JSON.stringify({ id, url: WS })).join("\n");
    const child = spawn(process.execPath, [BUNDLE, "trace", referenceSynth(), "--requests", requests(many)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const words: Buffer[] = [];
    child.stderr.on("data", (chunk: Buffer) => words.push(chunk));
    child.stdout.once("data", () => child.stdout.destroy());
    const timer = setTimeout(() => child.kill("SIGKILL"), 15_000);
    const ended = await new Promise((end) => child.on("close", (code, signal) => end({ code, signal })));
    clearTimeout(timer);
    expect({ ended, words: Buffer.concat(words).toString() }).toEqual({ ended: { code: 0, signal: null }, words: "" });
  });

  it("answers each line in one process, in order, with its id", async () => {
    const [first, second, third] = await answers(
      { id: "a", url: WS, headers: { Authorization: "Bearer t", "X-User-Id": "7" } },
      { id: 2, url: "http://api.staging.example.com/ws", method: "POST" },
      { id: "c", url: "https://api.staging.example.com/api/x", headers: { Cookie: ["a=1", "b=2"] } },
    );
    expect([first?.id, second?.id, third?.id]).toEqual(["a", 2, "c"]);
    expect([first?.outcome, second?.outcome, third?.outcome]).toEqual(["backend", "redirect", "backend"]);
    expect(stateOf(first!, "authorization")).toBe("same");
    expect(stateOf(first!, "x-user-id")).toBe("removed");
    expect(first?.request).toMatchObject({ websocket: true, method: "GET" });
    expect(third?.headers.find(({ name }) => name === "cookie")?.sent).toHaveLength(2);
  });

  it("gives documents of the published schema, apart from the id", async () => {
    const [{ id, ...document }] = (await answers({ id: "a", url: WS })) as [Answer];
    expect(id).toBe("a");
    const validate = new Ajv2020().compile(traceJsonSchema());
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  });

  it("sends for a page what a page can send: no Authorization on an upgrade, and an Origin", async () => {
    const headers = { Authorization: "Bearer t", Cookie: "a=1", "Sec-WebSocket-Protocol": "one, two" };
    const [native, page, fetched] = await answers(
      { id: 1, url: WS, headers },
      { id: 2, url: WS, headers, client: "browser" },
      { id: 3, url: WS.replace("wss", "https"), headers: { Authorization: "Bearer t" }, client: "browser" },
    );
    expect(stateOf(native!, "authorization")).toBe("same");
    expect(page?.headers.find(({ name }) => name === "authorization")).toMatchObject({
      state: "absent",
      sent: [],
      by: [{ stage: "client", fact: "B1" }],
    });
    expect(["cookie", "sec-websocket-protocol", "origin"].map((name) => stateOf(page!, name))).toEqual(
      Array(3).fill("same"),
    );
    expect(stateOf(fetched!, "authorization")).toBe("same");
  });

  it("reads standard input", async () => {
    const child = spawn(process.execPath, [BUNDLE, "trace", referenceSynth(), "--requests", "-"]);
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stdin.end(`${JSON.stringify({ id: "in", url: WS })}\n`);
    await new Promise((done) => child.on("close", done));
    expect(JSON.parse(text)).toMatchObject({ id: "in", outcome: "backend" });
  });

  it("answers nothing where a line is wrong, says which, and repeats no value", async () => {
    const wrong: [object | string, string][] = [
      ["{oops secret", "is not JSON"],
      [[1], "is no JSON object"],
      [{ id: 1 }, "url must be"],
      [{ url: WS }, "id must be"],
      [{ id: 1, url: WS, clinet: "browser" }, "did you mean client?"],
      [{ id: 1, url: WS, client: "chrome" }, 'client must be "native" or "browser"'],
      [{ id: 1, url: WS, headers: { A: 1 } }, "headers.A must be a text"],
      [{ id: 1, url: WS, headers: { A: "secret\r\nB: 1" } }, "holds a line end"],
      [{ id: 1, url: "secret" }, "the URL is not one of an edge"],
    ];
    for (const [line, message] of wrong) {
      const file = requests({ id: 0, url: WS }, "", line);
      const { code, stdout, stderr } = await headgate(["trace", referenceSynth(), "--requests", file]);
      expect(code).toBe(2);
      expect(stderr).toContain(`${file}:3  `);
      expect(stderr).toContain(message);
      expect(stdout + stderr).not.toContain("secret");
    }
  });

  it("takes one of --url and --requests", async () => {
    const { code, stderr } = await headgate(["trace", referenceSynth(), "--url", WS, "--requests", "x"]);
    expect(code).toBe(2);
    expect(stderr).toContain("name one request with --url URL, or a file of them with --requests FILE");
  });
});
