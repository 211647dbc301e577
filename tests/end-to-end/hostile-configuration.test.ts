import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { peakMemory } from "../support/hostile-witness.ts";
import { temporaryFolder } from "../support/reference.ts";

const MIB = 1024 * 1024;
/** Time and memory of one answer or refusal, on a machine with other work. */
const MOST = { ms: 100_000, bytes: 900 * MIB };

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

type Files = Readonly<Record<string, string>>;

/** One run of the published command line, which ends in time, in bounded memory, and not with an internal error. */
async function bounded(files: Files, args: readonly string[]): Promise<CliRun> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    writeFileSync(join(folder.path, name), text);
  }
  let peak = (): number => 0;
  const ended = await headgate(args, { cwd: folder.path, onStart: (child) => void (peak = peakMemory(child)) });
  expect([0, 2], ended.stderr.slice(0, 2000)).toContain(ended.code);
  expect(ended.elapsedMs).toBeLessThan(MOST.ms);
  expect(peak()).toBeLessThan(MOST.bytes);
  return ended;
}

const traced = (files: Files, path = "/", source = "."): Promise<CliRun> =>
  bounded(files, ["trace", source, "--url", `https://api.example.com${path}`, "--format", "json"]);

interface Answer {
  readonly id: number;
  readonly outcome: string;
  readonly backend: string;
  readonly matchedBy: string;
}

const backend = (name: string): string =>
  `resource "google_compute_backend_service" "${name}" {\n  name = "${name}"\n  load_balancing_scheme = "EXTERNAL_MANAGED"\n}\n`;

/** A map with one path matcher for every host. */
const mapOf = (rules: string): string => `${backend("a")}${backend("b")}
resource "google_compute_url_map" "m" {
  name            = "m"
  default_service = google_compute_backend_service.a.id
  host_rule {
    hosts        = ["*"]
    path_matcher = "m"
  }
  path_matcher {
    name            = "m"
    default_service = google_compute_backend_service.a.id
${rules}
  }
}
`;

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

const PATH_RULES = mapOf(
  times(10_000, (n) => `path_rule {\npaths = ["/p${n}/*"]\nservice = google_compute_backend_service.b.id\n}\n`),
);
const ROUTE_RULES = mapOf(
  times(
    10_000,
    (n) =>
      `route_rules {\npriority = ${n}\nservice = google_compute_backend_service.b.id\nmatch_rules {\nprefix_match = "/p${n}/"\n}\n}\n`,
  ),
);
const BOMB = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
  .concat(Array.from({ length: 20 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(", ")}]`))
  .join("\n");

describe("what is written to break the reader ends 2 and says where", { timeout: 120_000 }, () => {
  it.each<[string, Files, string]>([
    ["10 MB of HCL", { "main.tf": `# ${"x".repeat(98)}\n`.repeat(105_000) }, "at most 2097152 are read"],
    ["locals in a circle", { "main.tf": `locals {\n  a = local.b\n  b = local.a\n}\n${backend("a")}` }, "circle"],
    [
      "a thousand locals in a circle",
      { "main.tf": `locals {\n${times(1000, (n) => `  l${n} = local.l${(n + 1) % 1000}\n`)}}\n${backend("a")}` },
      "main.tf:",
    ],
    [
      "modules in a circle",
      { "main.tf": 'module "a" {\n  source = "./a"\n}\n', "a/main.tf": 'module "b" {\n  source = "../"\n}\n' },
      "modules call each other in a circle",
    ],
    ["NUL bytes", { "main.tf": `${backend("a")}\0\0` }, "main.tf:5:1  holds a NUL byte"],
    ["nothing but NUL bytes", { "main.tf": "\0".repeat(100_000) }, "holds a NUL byte"],
    [
      "JSON 100,000 deep",
      { "main.tf.json": `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}` },
      "nested more than 500 deep",
    ],
  ])("%s", async (_, files, words) => {
    const { code, stderr, stdout } = await traced(files);
    expect(stdout).toBe("");
    expect(stderr).toContain(words);
    expect(code).toBe(2);
    expect(stderr.length).toBeLessThan(20_000);
  });

  it.each<[string, Files]>([
    [
      "plan.json",
      { "plan.json": `{"format_version":"1.2","planned_values":${"[".repeat(100_000)}${"]".repeat(100_000)}}` },
    ],
    ["open.json", { "open.json": "[".repeat(100_000) }],
    ["map.yaml", { "map.yaml": `kind: compute#urlMap\nname: m\n${BOMB}\n` }],
    ["deep.yaml", { "deep.yaml": `kind: compute#urlMap\nname: m\nx: ${"[".repeat(100_000)}` }],
    ["nul.json", { "nul.json": '{"kind":"compute#urlMap","name":"\0"}' }],
  ])("a document: %s", async (name, files) => {
    const { code, stderr } = await traced(files, "/", name);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain(name);
  });

  it("a contract that is a bomb of aliases", async () => {
    const files = { "headgate.yaml": `version: 1\nname: x\n${BOMB}\n`, "main.tf": backend("a") };
    const { code, stderr } = await bounded(files, ["check", ".", "--contract", "headgate.yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain("headgate.yaml");
  });
});

describe("what is only large is answered", { timeout: 120_000 }, () => {
  it.each([
    ["path rules", PATH_RULES, "path_rule"],
    ["route rules", ROUTE_RULES, "route_rules"],
  ])("10,000 %s", async (_, text, block) => {
    const answer = JSON.parse((await traced({ "main.tf": text }, "/p9999/x")).stdout) as Answer;
    expect(answer.backend).toBe("google_compute_backend_service.b");
    expect(answer.matchedBy).toBe(`google_compute_url_map.m.path_matcher[0].${block}[9999]`);
  });

  it("a header of 1 MB in a requests file, by the refusal of the edge, and the line after it", async () => {
    const long = { id: 1, url: "https://api.example.com/", headers: { Cookie: "x".repeat(MIB) } };
    const lines = [long, { id: 2, url: "https://api.example.com/" }].map((line) => `${JSON.stringify(line)}\n`);
    const files = { "main.tf": mapOf(""), "requests.jsonl": lines.join("") };
    const { code, stdout } = await bounded(files, ["trace", ".", "--requests", "requests.jsonl"]);
    expect(code).toBe(0);
    const answers = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Answer);
    expect(answers.map(({ id, outcome }) => [id, outcome])).toEqual([
      [1, "rejected-by-edge"],
      [2, expect.not.stringContaining("rejected")],
    ]);
  });

  it("a requests file of 100,000 lines, in order", async () => {
    const files = {
      "main.tf": mapOf(""),
      "requests.jsonl": times(100_000, (id) => `{"id":${id},"url":"https://api.example.com/p${id}"}\n`),
    };
    const { code, stdout } = await bounded(files, ["trace", ".", "--requests", "requests.jsonl"]);
    expect(code).toBe(0);
    const ids = stdout
      .trim()
      .split("\n")
      .map((line) => Number(/^\{"id":(\d+)/.exec(line)?.[1]));
    expect(ids).toEqual(Array.from({ length: 100_000 }, (_, id) => id));
  });
});
