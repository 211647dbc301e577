import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktn/hcl2json";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fix } from "../../../probes/commands/fix.ts";
import type { FixOptions } from "../../../probes/commands/fix.ts";
import type { Change, Finding } from "../../../probes/facts/finding.ts";
import { buildEdges } from "../../../probes/model/build.ts";
import { survey } from "../../../probes/pipeline/survey.ts";
import { readSource } from "../../../probes/terraform/read-source.ts";
import { recordedContext } from "../../support/command-context.ts";
import { plantedSynth, routingMap, temporaryFolder } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";
import { auditOf, ruleFixtures } from "../../support/rule-fixtures.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const git = (...args: readonly string[]): string =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd: folder.path,
    encoding: "utf8",
  });

/** A copy of a configuration, committed in a repository of its own. Gives its folder. */
function committed(source: string): string {
  const path = join(folder.path, "infra");
  cpSync(source, path, { recursive: true });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "one");
  return path;
}

async function fixed(
  source: string,
  more: Partial<FixOptions> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { context, stdout, stderr } = recordedContext(folder.path, "2030-01-15");
  const contract = readdirSync(source).includes("headgate.yaml") ? { contract: join(source, "headgate.yaml") } : {};
  const code = await fix(source, { failOn: "error", ...contract, ...more }, context);
  return { code, stdout: stdout(), stderr: stderr() };
}

const texts = (path: string): Map<string, string> =>
  new Map(
    readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tf"))
      .map((name) => [name, readFileSync(join(path, name), "utf8")]),
  );

/** Every plain value of a configuration, under its path without indexes. */
async function leaves(path: string): Promise<Set<string>> {
  const all = new Set<string>();
  const walk = (value: Json, at: string): void => {
    if (value !== null && typeof value === "object")
      for (const [key, inner] of Object.entries(value)) walk(inner, Array.isArray(value) ? at : `${at}.${key}`);
    else all.add(`${at} = ${JSON.stringify(value)}`);
  };
  for (const [name, text] of texts(path)) walk(await parse(name, text), name);
  return all;
}

/** Last names of the attributes that changes are about. */
function namesOf(findings: readonly Finding[]): Set<string> {
  const name = (change: Change): string => {
    if (change.kind === "set") return change.name;
    const { attribute } = change.kind === "append" ? change.to : change.at;
    return attribute
      .replace(/\[[^\]]*\]/g, "")
      .split(".")
      .at(-1)!;
  };
  // Under another name an argument is another leaf.
  const given = (change: Change): string[] => (change.kind === "rename" ? [change.name] : []);
  return new Set(findings.flatMap(({ remedy = [] }) => remedy.flatMap((change) => [name(change), ...given(change)])));
}

const failing = ruleFixtures().filter(({ outcome }) => outcome === "fails");
const mechanical: [string, Finding[]][] = [];
for (const { path } of failing) {
  const remedied = (await auditOf(path)).findings.filter(({ remedy }) => remedy !== undefined);
  if (remedied.length > 0) mechanical.push([path, remedied]);
}

describe("fix --write", () => {
  it.each(mechanical)("mends %s, changes nothing else, and leaves it formatted", async (path, remedied) => {
    const copy = committed(path);
    const before = { leaves: await leaves(copy), texts: texts(copy) };
    const run = await fixed(copy, { write: true });
    const after = await auditOf(copy);
    const refused = [...run.stdout.matchAll(/by hand +(.*)/g)].map(([, why]) => why);
    expect(refused, run.stdout).toEqual([]);
    const keys = new Set(after.findings.map(({ id, title }) => `${id} ${title}`));
    expect(remedied.map(({ id, title }) => `${id} ${title}`).filter((key) => keys.has(key))).toEqual([]);
    const known = new Set((await auditOf(path)).findings.map(({ id }) => id));
    // What a mistake hid may come to light.
    expect(after.findings.filter(({ id, severity }) => severity === "error" && !known.has(id))).toEqual([]);
    const names = namesOf(remedied);
    const now = await leaves(copy);
    const differing = [...before.leaves]
      .filter((leaf) => !now.has(leaf))
      .concat([...now].filter((leaf) => !before.leaves.has(leaf)));
    for (const leaf of differing)
      expect(
        [...names].some((name) => leaf.split(" = ")[0]!.split(".").includes(name)),
        leaf,
      ).toBe(true);
    expect(spawnSync("terraform", ["fmt", "-check", "-diff", "-recursive", copy], { encoding: "utf8" }).stdout).toBe(
      "",
    );
  });

  it.each(["header-action-levels", "incident-authorization-variable", "custom-request-headers"])(
    "lets the header arrive that was lost in %s",
    async (name) => {
      const copy = committed(join("tests/corpus", name));
      const authorization = async (): Promise<string[]> => {
        const { graphs } = await readSource(copy);
        return graphs.flatMap((graph) =>
          buildEdges(graph).flatMap((edge) =>
            survey(graph, edge).flatMap(({ headers }) =>
              headers.filter((each) => each.name === "authorization").map(({ state }) => state),
            ),
          ),
        );
      };
      const rules = ["url-map-removes-credential", "backend-overwrites-authorization"];
      expect((await authorization()).some((state) => state === "removed" || state === "replaced")).toBe(true);
      await fixed(copy, { write: true, rule: rules });
      expect(new Set(await authorization())).toEqual(new Set(["same"]));
    },
  );

  it("says what is gone and what stays, and ends as a check of what is left", async () => {
    const copy = committed("tests/fixtures/rules/url-map-removes-credential/fails");
    writeFileSync(
      join(copy, "more.tf"),
      'variable "strip" {\n  default = ["Authorization"]\n}\n\nresource "google_compute_url_map" "more" {\n  name            = "more"\n  default_service = google_compute_backend_service.api.id\n\n  header_action {\n    request_headers_to_remove = var.strip\n  }\n}\n',
    );
    const run = await fixed(copy, { write: true, rule: ["url-map-removes-credential"] });
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(
      /^wrote infra\/main\.tf\n1 finding gone, \d+ left\n {2}gone {2}url-map-removes-credential /,
    );
    expect(run.stdout.replace(/\s+/g, " ")).toContain("by hand an expression makes what is found there");
    expect(git("status", "--porcelain", "--", "infra/main.tf")).toBe(" M infra/main.tf\n");
  });
});

describe("fix", () => {
  it("prints a patch that git takes, and writes nothing", async () => {
    const copy = committed("tests/fixtures/rules/url-map-removes-credential/fails");
    const run = await fixed(copy);
    expect(run.code).toBe(1);
    expect(git("status", "--porcelain")).toBe("");
    expect(run.stderr).toContain("1 finding mended by the patch; --write applies it, 0 to mend by hand");
    execFileSync("git", ["apply", "-"], { cwd: folder.path, input: run.stdout });
    expect((await fixed(copy)).code).toBe(0);
  });

  it("leaves what somebody accepts, and takes out a waiver that accepts nothing", async () => {
    const copy = committed("tests/fixtures/rules/url-map-removes-credential/fails");
    const file = join(copy, "main.tf");
    const waiver = "# headgate:ignore RULE reason=r owner=o expires=2030-01-31";
    const [used, unused] = ["url-map-removes-credential", "backend-overwrites-authorization"].map((rule) =>
      waiver.replace("RULE", rule),
    );
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("  name  ", `  ${unused}\n  name  `).replace(/# expect.*/, used!));
    const run = await fixed(copy, { write: true, force: true });
    expect(run.code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(text.replace(/# expect.*/, used!));
  });

  it("says of synthesized output where it is made, and changes none of it", async () => {
    const source = plantedSynth(folder.path, (terraform) =>
      routingMap(terraform).header_action.request_headers_to_remove.push("Authorization"),
    );
    const run = await fixed(source, { contract: "headgate.yaml", env: "staging", write: true, force: true });
    expect(run.code).toBe(1);
    expect(run.stdout.replace(/\s+/g, " ")).toMatch(/made by stacks\/\S+\.ts:\d+ by hand the next synth overwrites it/);
  });

  it("refuses a rule that does not exist, with the nearest", async () => {
    const copy = committed("tests/fixtures/rules/url-map-removes-credential/fails");
    await expect(fixed(copy, { rule: ["url-map-removes-credentials"] })).rejects.toThrow(
      "there is no rule of that name for configurations; did you mean url-map-removes-credential?",
    );
  });
});

describe("files that fix writes", () => {
  const FAILS = "tests/fixtures/rules/url-map-removes-credential/fails";
  it("are none that git could not give back, unless that is asked for", async () => {
    const copy = committed(FAILS);
    const file = join(copy, "main.tf");
    writeFileSync(file, `${readFileSync(file, "utf8")}# changed\n`);
    const before = readFileSync(file, "utf8");
    await expect(fixed(copy, { write: true })).rejects.toThrow(/main\.tf has changes that are not committed/);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect((await fixed(copy, { write: true, force: true })).code).toBe(0);
    expect(readFileSync(file, "utf8")).toMatch(/# changed\n$/);
  });

  it("are none that git does not hold", async () => {
    const copy = join(folder.path, "loose");
    cpSync(FAILS, copy, { recursive: true });
    await expect(fixed(copy, { write: true })).rejects.toThrow(/main\.tf is in no git repository/);
    git("init", "-q");
    await expect(fixed(copy, { write: true })).rejects.toThrow(/main\.tf is not in git/);
  });

  it("keep their mode, and links stay links", async () => {
    const copy = join(folder.path, "infra");
    mkdirSync(copy);
    cpSync(join(FAILS, "main.tf"), join(folder.path, "real.tf"));
    chmodSync(join(folder.path, "real.tf"), 0o640);
    symlinkSync("../real.tf", join(copy, "main.tf"));
    git("init", "-q");
    git("add", "-A");
    git("commit", "-qm", "one");
    expect((await fixed(copy, { write: true })).code).toBe(0);
    expect(lstatSync(join(copy, "main.tf")).isSymbolicLink()).toBe(true);
    expect(statSync(join(folder.path, "real.tf")).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder.path).sort()).toEqual([".git", "infra", "real.tf"]);
  });
});
