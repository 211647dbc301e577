import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TraceDocument } from "../../probes/report/trace-schema.ts";
import { headgate } from "../support/cli.ts";
import { expectPublished } from "../support/published-schema.ts";
import {
  backendOf,
  plantedSynth,
  referenceSynth,
  routingMap,
  runServiceOf,
  temporaryFolder,
} from "../support/reference.ts";

const WS = "wss://api.staging.example.com/ws";
const SECRET = "not-for-anybodys-eyes";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

async function traceOf(args: readonly string[], source = referenceSynth()): Promise<TraceDocument> {
  const { code, stdout, stderr } = await headgate(["trace", source, "--format", "json", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const document = JSON.parse(stdout) as TraceDocument;
  expectPublished("trace", document);
  return document;
}

const header = ({ headers }: TraceDocument, name: string) => headers.find((each) => each.name === name);

/** The text at `file:line:column`. */
function textAt(source: string): string {
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(source)!;
  return readFileSync(file!, "utf8")
    .split("\n")
    [Number(line) - 1]!.slice(Number(column) - 1);
}

describe("headgate trace --format json", () => {
  it("says where an upgrade goes, by which rule, and what became of each header, with the line that did it", async () => {
    const document = await traceOf(["--url", WS, "--header", "X-User-Id: 7", "--header", "X-Keep: k"]);
    expect(document).toMatchObject({
      schema: "headgate-trace/1",
      request: { method: "GET", url: WS, websocket: true },
      outcome: "backend",
      backend: expect.stringMatching(/^google_compute_backend_service\.backend-backend-/),
      service: expect.stringMatching(/^google_cloud_run_v2_service\.service-backend_/),
      matchedBy: expect.stringMatching(/^google_compute_url_map\.[^.]+\.path_matcher\[0\]\.route_rules\[0\]$/),
      unknowns: [],
    });
    expect(header(document, "x-keep")).toMatchObject({ state: "same", sent: ["k"], arrives: ["k"] });
    const removed = header(document, "x-user-id")!;
    expect(removed).toMatchObject({ state: "removed", sent: ["7"], arrives: [] });
    expect(removed.by[0]).toMatchObject({ stage: "url-map", fact: "U2" });
    expect(textAt(removed.by[0]!.source)).toBe('"X-User-Id"');
    expect(removed.by[0]!.construct).toMatch(/^stacks\/.*\.ts:\d+$/);
    expect(header(document, "x-forwarded-for")).toMatchObject({
      state: "added",
      arrives: [null],
      reason: expect.any(String),
    });
  });

  it("has steps in the order of the way, each with its place", async () => {
    const { steps } = await traceOf(["--url", WS, "--header", "X-User-Id: 7"]);
    const stages = steps.map(({ stage }) => stage);
    expect([...new Set(stages)]).toEqual([
      "front",
      "route",
      "armor",
      "url-map",
      "proxy",
      "neg",
      "run-ingress",
      "run-front",
      "container",
    ]);
    // No stage is come back to.
    expect(stages.filter((stage, index) => index > 0 && stage !== stages[index - 1])).toHaveLength(
      new Set(stages).size - 1,
    );
    const rule = steps.find(({ effect }) => effect.startsWith("route rule"))!;
    expect(rule.effect).toBe("route rule of priority 10 matches: the path is /ws");
    expect(textAt(rule.source)).toMatch(/^"\/ws"/);
    const certificate = steps.find(({ effect }) => effect.includes("certificate"))!;
    expect(textAt(certificate.source)).toBe('"api.staging.example.com"');
    for (const { source } of steps) expect(source).toMatch(/cdk\.tf\.json:\d+:\d+$/);
  });

  it.each([
    ["a redirect", ["--url", "http://api.staging.example.com/ws"], { outcome: "redirect", answer: { status: 301 } }],
    [
      "a port where nothing listens",
      ["--url", "https://api.staging.example.com:8443/"],
      { outcome: "no-listener", backend: null, matchedBy: null },
    ],
    [
      "a host without a certificate",
      ["--url", "https://x.example.net/", "--env", "staging"],
      { outcome: "tls-error", backend: null },
    ],
    [
      "an upgrade to something else",
      ["--url", WS, "--header", "Upgrade: h2c"],
      { outcome: "rejected-by-edge", answer: { status: 403 } },
    ],
    [
      "a head that is too large",
      ["--url", WS, "--header", `X-A: ${"a".repeat(61_440)}`],
      { outcome: "rejected-by-edge", answer: { status: 431 } },
    ],
    [
      "two credentials",
      ["--url", WS, "--header", "Authorization: a", "--header", "Authorization: b"],
      { outcome: "answered-by-edge", answer: { status: 401 } },
    ],
  ])("answers for %s", async (_, args, wanted) => {
    const document = await traceOf(args);
    expect(document).toMatchObject(wanted);
    expect(Object.keys(document.reasons).sort()).toEqual(
      (["backend", "matchedBy", "service"] as const).filter((name) => document[name] === null),
    );
  });

  it("says 0 and what it does not know, with the line", async () => {
    const source = plantedSynth(folder.path, (terraform) => {
      backendOf(terraform, "backend").security_settings = { aws_v4_authentication: { access_key_id: "a" } };
    });
    const document = await traceOf(["--url", WS], source);
    expect(document.outcome).toBe("backend");
    expect(document.unknowns).toMatchObject([{ affects: "headers" }]);
    expect(document.unknowns[0]!.reason).toContain("security_settings");
    expect(textAt(document.unknowns[0]!.source)).toMatch(/^\{/);
    expect(new Set(document.headers.map(({ state }) => state))).toEqual(new Set(["unknown"]));
  });

  it("says what Terraform would refuse, with the line, and answers all the same", async () => {
    const source = plantedSynth(folder.path, (terraform) => {
      routingMap(terraform).path_matcher[0].route_rules[0].novel_action = { a: 1 };
    });
    const document = await traceOf(["--url", WS], source);
    expect(document).toMatchObject({ outcome: "backend", unknowns: [], problems: [{ found: "validate" }] });
    expect(document.problems[0]!.reason).toContain("novel_action");
    expect(textAt(document.problems[0]!.source)).toMatch(/^\{/);
  });

  it("names the open questions it depends on and the values taken, and takes others", async () => {
    const lines = ["--url", WS, "--header", "X-A: 1", "--header", "X-A: 2"];
    const taken = ({ assumptions }: TraceDocument) => assumptions.find(({ name }) => name === "repeated-headers");
    const first = await traceOf(lines);
    expect(taken(first)).toMatchObject({ value: "separate", otherwise: ["joined"] });
    expect(header(first, "x-a")!.arrives).toEqual(["1", "2"]);
    const second = await traceOf([...lines, "--assume", "repeated-headers=joined"]);
    expect(taken(second)).toMatchObject({ value: "joined", otherwise: ["separate"] });
    expect(header(second, "x-a")!.arrives).toEqual(["1,2"]);
  });

  it("answers for a client's address, and for the preview edge", async () => {
    const url = ["--url", "wss://api.example.com/ws", "--edge", "preview"];
    const denied = await traceOf([...url, "--client-address", "198.51.100.1"]);
    expect(denied).toMatchObject({
      outcome: "rejected-by-edge",
      configuration: { env: "production", edge: "preview" },
    });
    expect(denied.answer!.by.stage).toBe("armor");
    const untold = await traceOf(url);
    expect(untold.outcome).not.toBe("backend");
  });

  it("reads a Cloud Run that lets nobody in", async () => {
    const source = plantedSynth(
      folder.path,
      (terraform) => (runServiceOf(terraform, "backend").invoker_iam_disabled = false),
    );
    const document = await traceOf(["--url", WS], source);
    expect(document).toMatchObject({
      outcome: "answered-by-edge",
      answer: { status: 403, by: { stage: "run-ingress", fact: "R10" } },
    });
  });
});

describe("credentials", () => {
  const lines = [
    `Authorization: Bearer ${SECRET}`,
    `Cookie: session=${SECRET}`,
    `Sec-WebSocket-Protocol: jwt-auth, jwt.${SECRET}`,
    `X-Api-Key: ${SECRET}`,
    `X-Copy: ${SECRET}`,
    "X-Jwt-Inside: a eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ. b",
  ].flatMap((line) => ["--header", line]);

  it.each(["text", "json"])(
    "stand as fingerprints in %s, those that arrive like those that were sent",
    async (format) => {
      for (const url of [`${WS}?token=${SECRET}&t=${SECRET}`, `http://api.staging.example.com/ws?token=${SECRET}`]) {
        const { code, stdout } = await headgate([
          "trace",
          referenceSynth(),
          "--url",
          url,
          ...lines,
          "--format",
          format,
        ]);
        expect(code).toBe(0);
        expect(stdout).not.toContain(SECRET);
        expect(stdout).not.toContain("eyJhbGciOiJub25lIn0");
      }
    },
  );

  it("compare by their fingerprints, and are shown when asked for", async () => {
    const hidden = await traceOf(["--url", WS, ...lines]);
    const { sent, arrives } = header(hidden, "authorization")!;
    expect(sent).toEqual([{ hash: expect.stringMatching(/^[0-9a-f]{8}$/), bytes: 28 }]);
    expect(arrives).toEqual(sent);
    const shown = await traceOf(["--url", WS, ...lines, "--show-values"]);
    expect(header(shown, "authorization")!.arrives).toEqual([`Bearer ${SECRET}`]);
  });

  it("appear in no error", async () => {
    for (const args of [
      ["--url", `https://u:${SECRET}@api.staging.example.com/`],
      ["--url", `nonsense-${SECRET}`],
      ["--url", WS, "--header", `Authorization ${SECRET}`],
      ["--url", WS, "--header", `Authorization: a\n${SECRET}`],
    ]) {
      const { code, stderr } = await headgate(["trace", referenceSynth(), ...args]);
      expect(code).toBe(2);
      expect(stderr).not.toContain(SECRET);
    }
  });
});

describe("headgate trace in text", () => {
  it("is a ladder of at most 80 columns, without colour when nobody looks", async () => {
    const source = plantedSynth(folder.path, (terraform) => void (terraform.terraform.note = 1));
    const { code, stdout } = await headgate(["trace", source, "--url", WS, "--header", "X-User-Id: 7"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("\u001b");
    // A place is one word, which is not broken: it is to be clicked and copied.
    const wide = stdout.split("\n").filter((line) => line.length > 80 && line.trim().includes(" "));
    expect(wide.filter((line) => !line.includes(folder.path))).toEqual([]);
    for (const part of [
      "  front  ",
      "  route  ",
      "x-user-id: removes it at the URL map (U2)",
      "  removed      x-user-id",
      "ARRIVES AT",
    ])
      expect(stdout).toContain(part);
  });

  it("shows what a person typed, and sends no control character to a terminal", async () => {
    const { stdout } = await headgate([
      "trace",
      referenceSynth(),
      "--url",
      WS,
      "--header",
      "X-A: caf\u00e9",
      "--header",
      "X-B: a\tb",
    ]);
    expect(stdout).toContain("x-a: caf\u00e9");
    expect(stdout).toContain("x-b: a\\x09b");
  });
});

describe("what trace cannot do ends 2 and says what to do", () => {
  it.each([
    [["--url", "ftp://api.example.com/"], "write https://HOST/PATH"],
    [[], "name one request with --url URL, or a file of them with --requests FILE"],
    [["--url", WS, "--header", "nonsense"], "write --header 'Name: value'"],
    [["--url", WS, "--assume", "repeated-header=joined"], "did you mean repeated-headers?"],
    [["--url", WS, "--assume", "repeated-headers=join"], "did you mean joined?"],
    [["--url", WS, "--format", "jsn"], "did you mean json?"],
    [["--url", WS, "--env", "stagin"], "did you mean staging?"],
    [["--url", WS, "--edge", "previw"], "has no edge previw"],
    [["--url", WS, "--client-address", "1.2.3"], "is no IP address"],
    [["--url", WS, "--method", "GE T"], "is no method of HTTP"],
    [["--url", WS, "--hedaer", "X: 1"], "(Did you mean --header?)"],
    [["--url", "https://other.example.net/"], "no stack names the host other.example.net; name one with --env"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await headgate(["trace", referenceSynth(), ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("a folder that holds no configuration", async () => {
    const { code, stderr } = await headgate(["trace", folder.path, "--url", WS]);
    expect(code).toBe(2);
    expect(stderr).toContain("holds no configuration; name a folder of *.tf files");
  });
});
