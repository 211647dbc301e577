import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  cdktf,
  copyProvider,
  initTemplate,
  linkPackages,
  npmInstall,
  pack,
  provideNode,
  replaceIn,
} from "../support/cdktf-app.ts";
import { OWN_CONTRACT } from "../support/cdktf-own-edge.ts";
import { run } from "../support/cli.ts";
import type { CliRun } from "../support/cli.ts";
import { writePass } from "../support/receipts.ts";
import { temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";

/** The oldest Node that is supported, and the two lines with long-term support, as npm packages of their binaries. */
const VERSIONS = ["20.18.1", "22.23.3", "24.21.0"];
const LIMIT = { timeout: 120_000 };

/** What the page about deploying tells an app to add. */
const RECIPE = {
  import: 'import { DeployGate } from "headgate/gate";',
  gate: 'new DeployGate(this, "gate");',
  app: "npx ts-node main.ts && npx headgate gate --synth --record",
} as const;

const OWN_EDGE = resolve("tests/support/cdktf-own-edge.ts");

let home: ReturnType<typeof temporaryFolder>;
let app: string;
let nodes: Map<string, string>;
/** What the stack with an edge of its own is synthesized to. */
let own: Json;
let env: Readonly<Record<string, string>>;

// The folder's name becomes the stack's: an environment of the contract.
beforeAll(async () => {
  home = temporaryFolder();
  app = join(home.path, "staging");
  ({ env } = installStandIn(home.path));
  const [tarball] = await Promise.all([pack(home.path), initTemplate(app)]);
  const folder = join(home.path, "nodes");
  nodes = new Map(
    await Promise.all(VERSIONS.map(async (version) => [version, await provideNode(folder, version)] as const)),
  );
  // ts-node does not start with TypeScript 7, which is what the template installs today.
  await npmInstall(app, "--save-dev", "typescript@5.9.3", tarball);
  replaceIn(
    join(app, "main.ts"),
    'import { App, TerraformStack } from "cdktf";',
    'import { App, DataResource, TerraformStack } from "cdktf";\n' + RECIPE.import,
  );
  replaceIn(
    join(app, "main.ts"),
    "    // define resources here\n",
    '    new DataResource(this, "service", {});\n    new DeployGate(this, "gate", { guards: (type) => type === "terraform_data" });\n',
  );
}, 180_000);
afterAll(() => home.remove());

const said = ({ stdout, stderr }: Pick<CliRun, "stdout" | "stderr">): string =>
  `${stdout} ${stderr}`.replace(/[\s│╷╵]+/g, " ");
const stackOf = (folder: string): string => join(folder, "cdktf.out/stacks/staging");
const synthesized = (folder: string): Json => JSON.parse(readFileSync(join(stackOf(folder), "cdk.tf.json"), "utf8"));
const binary = (version: string): string => nodes.get(version)!;

/** Type-checks an app by its own settings. */
const typeCheck = (folder: string): Promise<CliRun> =>
  run(process.execPath, [join(app, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", folder]);

async function planned(folder: string): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  await terraform(stackOf(folder), ["init"], env);
  const plan = await terraform(stackOf(folder), ["plan"], env);
  return { exitCode: plan.exitCode, said: said(plan) };
}

it("is what the page tells to write", () => {
  const page = readFileSync("docs/deploy.md", "utf8");
  for (const line of Object.values(RECIPE)) expect(page).toContain(line);
});

describe("three lines in what `cdktf init` makes", () => {
  it("pass its own type checker, which sees their types, without the provider installed", LIMIT, async () => {
    expect(await typeCheck(app)).toMatchObject({ code: 0, stdout: "" });
    const slip = join(app, "slip.ts");
    writeFileSync(
      slip,
      'import { DeployGate } from "headgate/gate";\nexport const x = (s: any) => new DeployGate(s, 5);\n',
    );
    const { code, stdout } = await typeCheck(app);
    rmSync(slip);
    expect({ code, stdout }).toMatchObject({ code: 2, stdout: expect.stringContaining("TS2345") as string });
  });

  it("block a plan until there is a receipt, on every Node the same JSON", LIMIT, async () => {
    const written = new Set<string>();
    for (const version of VERSIONS) {
      const made = await run(binary(version), ["--require", "ts-node/register", "main.ts"], { cwd: app });
      expect(made.code, `${version}: ${made.stderr}`).toBe(0);
      written.add(JSON.stringify(synthesized(app)));
    }
    expect(written.size).toBe(1);
    expect(synthesized(app).resource.terraform_data.service.depends_on).toEqual(["terraform_data.headgate-gate"]);
    expect(await planned(app)).toMatchObject({
      exitCode: 1,
      said: expect.stringContaining("No receipt of the gate stands beside this configuration") as string,
    });
    writePass(stackOf(app));
    expect(await planned(app)).toMatchObject({ exitCode: 0, said: expect.stringContaining("2 to add") as string });
  });
});

describe("a stack of one's own with resources of Google", () => {
  const deploy = (): Promise<CliRun> => cdktf(["deploy", "--auto-approve", "--skip-provider-lock"], { cwd: app, env });
  const cloud = (): Json => JSON.parse(readFileSync(join(home.path, "cloud.json"), "utf8"));

  beforeAll(() => {
    copyProvider(join(app, "node_modules"), OWN_EDGE);
    cpSync(OWN_EDGE, join(app, "edge.ts"));
    writeFileSync(join(app, "headgate.yaml"), OWN_CONTRACT);
    replaceIn(join(app, "cdktf.json"), "npx ts-node main.ts", RECIPE.app);
    const main = join(app, "main.ts");
    replaceIn(main, 'new DataResource(this, "service", {});', 'new OwnEdge(this, "edge");');
    replaceIn(main, ', { guards: (type) => type === "terraform_data" }', "");
    expect(readFileSync(main, "utf8")).toContain(RECIPE.gate);
    replaceIn(main, "App, DataResource,", "App,");
    replaceIn(main, "\n\nclass", '\nimport { OwnEdge } from "./edge";\n\nclass');
  });

  it(
    "is deployed behind the gate by the real command line, and stopped when it would lose a header",
    LIMIT,
    async () => {
      const good = await deploy();
      expect(good.code, said(good)).toBe(0);
      expect(said(good)).not.toContain("headgate: ");
      expect(Object.keys(cloud().resources)).toHaveLength(7);
      own = synthesized(app).resource;
      replaceIn(join(app, "main.ts"), '"edge")', '"edge", ["Authorization"])');
      const before = readFileSync(join(home.path, "cloud.json"), "utf8");
      const broken = await deploy();
      expect(broken.code).toBe(1);
      expect(said(broken)).toMatch(
        /The gate says contract-broken: 4 of \d+ .*FAIL header-unchanged Authorization wss:/,
      );
      expect(readFileSync(join(home.path, "cloud.json"), "utf8")).toBe(before);
      replaceIn(join(app, "main.ts"), ', ["Authorization"]', "");
    },
  );

  it("passes the template's type checker too", LIMIT, async () => {
    expect(await typeCheck(app)).toMatchObject({ code: 0, stdout: "" });
  });
});

describe("the same as an ES module", () => {
  // Below the template, so that it finds the same packages as installed there.
  let esm: string;
  beforeAll(() => {
    esm = join(app, "esm");
    mkdirSync(esm);
    linkPackages(join(app, "node_modules"), ["tsx"]);
    cpSync(OWN_EDGE, join(esm, "edge.ts"));
    writeFileSync(join(esm, "package.json"), '{ "type": "module", "private": true }');
    const main = readFileSync(join(app, "main.ts"), "utf8");
    writeFileSync(
      join(esm, "main.ts"),
      main.replace('"./edge"', '"./edge.ts"').replace("{ Construct }", "type { Construct }"),
    );
    const compilerOptions = {
      module: "nodenext",
      target: "es2022",
      strict: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
      types: [],
    };
    writeFileSync(join(esm, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  });

  it("passes the type checker with nodenext", LIMIT, async () => {
    expect(await typeCheck(esm)).toMatchObject({ code: 0, stdout: "" });
  });

  it.each([
    ["20.18.1", ["--import", "tsx"]],
    ["22.23.3", []],
    ["24.21.0", []],
  ] as const)("is synthesized on Node %s and judged, blocked or let through", LIMIT, async (version, loader) => {
    rmSync(join(esm, "cdktf.out"), { recursive: true, force: true });
    writeFileSync(join(esm, "headgate.yaml"), OWN_CONTRACT);
    const node = binary(version);
    const made = await run(node, [...loader, "main.ts"], { cwd: esm });
    expect(made.code, made.stderr).toBe(0);
    expect(synthesized(esm).resource).toEqual(own);
    expect((await planned(esm)).said).toContain("No receipt of the gate");
    const recorded = await run(node, ["../node_modules/headgate/dist/headgate.js", "gate", "--synth", "--record"], {
      cwd: esm,
    });
    expect(recorded.stdout, recorded.stderr).toMatch(/^staging: pass, \d+ checks passed\n$/);
    expect(await planned(esm)).toMatchObject({ exitCode: 0 });
  });
});
