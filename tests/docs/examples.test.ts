import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseContract } from "../../contract/parse.ts";
import { ASSUMPTIONS } from "../../probes/model/assumptions.ts";
import { OBSERVED_RULES } from "../../probes/rules/observed/index.ts";
import { run } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

interface Session {
  readonly page: string;
  readonly commands: readonly { readonly command: string; readonly output: readonly string[] }[];
}

/** The `console` blocks of a page: commands after `$`, then what they print; a lone `…` stands for any lines. */
function sessionsOf(page: string): Session[] {
  const blocks = [...readFileSync(page, "utf8").matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) =>
    match[1]!.trimEnd().split("\n"),
  );
  return blocks.map((lines) => {
    const commands: { command: string; output: string[] }[] = [];
    for (const line of lines) {
      if (line.startsWith("$ ")) commands.push({ command: line.slice(2), output: [] });
      else commands.at(-1)!.output.push(line);
    }
    return { page, commands };
  });
}

/** Fingerprints are drawn anew for each run. */
function stable(text: string): string {
  return text.replace(/#[0-9a-f]{8}\b/g, "#fingerprint");
}

let checkout: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  checkout = temporaryFolder();
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
  })
    .split("\0")
    .filter((file) => file !== "");
  for (const file of files) {
    mkdirSync(dirname(join(checkout.path, file)), { recursive: true });
    cpSync(file, join(checkout.path, file));
  }
  symlinkSync(join(process.cwd(), "node_modules"), join(checkout.path, "node_modules"));
  cpSync("dist", join(checkout.path, "dist"), { recursive: true });
});
afterAll(() => checkout.remove());

/** The run that this test is part of: CI calls it by the same words. */
const THIS_VERY_RUN = "npm ci && npm test";

const sessions = pages.flatMap(sessionsOf).filter(({ commands }) => commands[0]?.command !== THIS_VERY_RUN);

/** Hosts of the products that the pages speak of. */
const WELL_KNOWN =
  /^(run\.app|socket\.io|us-docker\.pkg\.dev|[a-z-]+\.iam\.gserviceaccount\.com|registry\.terraform\.io|developer\.hashicorp\.com)$|google|github|whatwg|rfc-editor|keepachangelog|semver/;

describe("the examples in the documentation", () => {
  it("are there to be executed", () => expect(sessions.length).toBeGreaterThanOrEqual(2));

  it.each(sessions)(
    "in $page print what the page says",
    async ({ commands }) => {
      for (const { command, output } of commands) {
        // The dependencies are installed: they are what this test runs on.
        const { stdout, stderr } = await run(
          "bash",
          ["-c", command.replace("npm ci && ", "").replace("npm run ", "npm run --silent ")],
          { cwd: checkout.path },
        );
        const printed = stable(stdout)
          .split("\n")
          .map((line) => line.trimEnd());
        let from = 0;
        let anywhere = false;
        for (const line of output.map((each) => stable(each).trimEnd())) {
          if (line === "…") {
            anywhere = true;
            continue;
          }
          const at = anywhere ? printed.indexOf(line, from) : from;
          expect(printed[at], `${command}\n${stderr}\nwants: ${line}\nprinted:\n${stdout}`).toBe(line);
          from = at + 1;
          anywhere = false;
        }
      }
    },
    60_000,
  );

  it("name the command that CI runs as the one that runs the tests", () => {
    const [install, test] = THIS_VERY_RUN.split(" && ") as [string, string];
    const ci = readFileSync(".ci/run", "utf8");
    expect(readFileSync("README.md", "utf8")).toContain(`$ ${THIS_VERY_RUN}`);
    expect(ci.indexOf(`\n${install}`)).toBeGreaterThan(0);
    expect(ci.indexOf(`step ${test}`)).toBeGreaterThan(ci.indexOf(`\n${install}`));
  });

  it("show contracts that parse", () => {
    const blocks = pages.flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1]!),
    );
    expect(blocks.length).toBeGreaterThan(0);
    const frame = readFileSync("headgate.yaml", "utf8");
    const section = (key: string): string => new RegExp(`^${key}:[\\s\\S]*?(?=^\\S|(?![\\s\\S]))`, "m").exec(frame)![0];
    for (const block of blocks) {
      const rest = ["version", "name", "environments", "headers", "services", "routes"]
        .filter((key) => !new RegExp(`^${key}:`, "m").test(block))
        .map(section);
      expect(parseContract(`${rest.join("")}${block}`, "example.yaml"), block).not.toHaveProperty("problems");
    }
  });

  it("use hosts that belong to nobody", () => {
    for (const page of pages) {
      const hosts = [...readFileSync(page, "utf8").matchAll(/\b[a-z0-9.-]+\.(?:com|dev|io|app|net)\b/g)].map(
        ([host]) => host,
      );
      const foreign = hosts.filter((host) => !/(^|\.)example\.com$/.test(host) && !WELL_KNOWN.test(host));
      expect(foreign, page).toEqual([]);
    }
  });
});

describe("the facts", () => {
  const known = new Set(
    [...readFileSync("docs/facts.md", "utf8").matchAll(/<a id="[a-z0-9]+"><\/a>([A-Z]\d+[a-e]?) /g)].map(
      (match) => match[1]!,
    ),
  );

  it("hold every id that a rule or an open question rests on", () => {
    const cited = [
      ...OBSERVED_RULES.flatMap(({ sources }) => sources),
      ...Object.values(ASSUMPTIONS).flatMap(({ sources }) => sources),
    ];
    expect(cited.filter((id) => !known.has(id))).toEqual([]);
  });

  it("hold every id that the code cites as what a configuration line did", () => {
    const files = readdirSync("probes", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const cited = files.flatMap((name) =>
      [
        ...readFileSync(join("probes", name), "utf8").matchAll(
          /\bfacts? ([A-Z]\d+[a-e]?)|fact: "([A-Z]\d+[a-e]?)"|, "([HUVSRPM]\d+[a-e]?)"\)/g,
        ),
      ].map((match) => match[1] ?? match[2] ?? match[3]!),
    );
    expect(cited.length).toBeGreaterThan(30);
    expect([...new Set(cited)].filter((id) => !known.has(id))).toEqual([]);
  });
});

describe("generated files", () => {
  it.each(["schema", "docs"])("are what `npm run %s` writes", async (script) => {
    const files = ["docs/rules.md", ...readdirSync("schema").map((name) => join("schema", name))];
    const texts = (): string[] => files.map((file) => readFileSync(join(checkout.path, file), "utf8"));
    const before = texts();
    const { code, stderr } = await run("npm", ["run", "--silent", script], { cwd: checkout.path });
    expect(code, stderr).toBe(0);
    expect(texts()).toEqual(before);
  });

  it("are named by the contract for editors", () => {
    const [first] = readFileSync("headgate.yaml", "utf8").split("\n");
    expect(first).toBe("# yaml-language-server: $schema=./schema/headgate.schema.json");
  });
});
