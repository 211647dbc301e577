import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";

const PAGE = readFileSync("docs/constructs.md", "utf8");
const FRAME = /```ts frame\n([\s\S]*?)```/.exec(PAGE)![1]!;

/** Constructs of the page that have an example, with the example's text. */
const EXAMPLES = [...PAGE.matchAll(/\n## (\w+)\n[^#]*?```ts\n([\s\S]*?)```/g)].map(([, name, body]) => ({
  name: name!,
  body: body!,
}));

/** A foreign project: `headgate` and CDKTF are installed, nothing of this repository stands in it. */
let folder: ReturnType<typeof temporaryFolder>;
let env: Readonly<Record<string, string>>;

beforeAll(() => {
  folder = temporaryFolder();
  ({ env } = installStandIn(folder.path));
  const modules = join(folder.path, "node_modules");
  mkdirSync(join(modules, "@cdktf"), { recursive: true });
  for (const name of ["cdktf", "constructs", "tsx", "@cdktf/provider-google", "@types"])
    symlinkSync(resolve("node_modules", name), join(modules, name));
  symlinkSync(resolve("."), join(modules, "headgate"));
  writeFileSync(join(folder.path, "package.json"), '{ "type": "module" }');
  for (const { name, body } of EXAMPLES)
    writeFileSync(
      join(folder.path, `${name}.ts`),
      FRAME.replace("/* example */", () => body),
    );
});
afterAll(() => folder.remove());

describe("the page about the constructs", () => {
  it("has an example for every construct", () => {
    const constructs = readdirSync("stacks/constructs")
      .map((file) => readFileSync(join("stacks/constructs", file), "utf8"))
      .flatMap((text) => [...text.matchAll(/^export class (\w+) extends Construct/gm)].map(([, name]) => name!));
    expect(EXAMPLES.map(({ name }) => name).sort()).toEqual(constructs.sort());
  });

  it("has examples that pass the type checker of a foreign project", () => {
    const options = {
      compilerOptions: { module: "nodenext", strict: true, noEmit: true, skipLibCheck: true, target: "es2022" },
    };
    writeFileSync(join(folder.path, "tsconfig.json"), JSON.stringify({ ...options, include: ["*.ts"] }));
    const tsc = resolve("node_modules/typescript/bin/tsc");
    const check = (): string => execFileSync(process.execPath, [tsc, "-p", folder.path], { encoding: "utf8" });
    expect(check).not.toThrow();
    // The types are really there: a slip in a property is an error.
    const slip = join(folder.path, "slip.ts");
    writeFileSync(
      slip,
      FRAME.replace("/* example */", 'new headgate.HttpRedirect(stack, "x", { nam: "x", hosts: [] });'),
    );
    expect(check).toThrow();
    rmSync(slip);
  }, 60_000);

  it.each(EXAMPLES)(
    "has an example that runs, is valid, and names its own lines: $name",
    { timeout: 60_000 },
    async ({ name }) => {
      const output = join(folder.path, `out-${name}`);
      const { code, stderr } = await run(process.execPath, ["--import", "tsx", `${name}.ts`], {
        cwd: folder.path,
        env: { CDKTF_OUTDIR: output },
      });
      expect(code, stderr).toBe(0);
      const stack = join(output, "stacks/example");
      const sources = JSON.parse(readFileSync(join(stack, "sources.json"), "utf8")) as {
        constructs: Record<string, { file: string }>;
      };
      expect(new Set(Object.values(sources.constructs).map(({ file }) => file))).toEqual(new Set([`${name}.ts`]));
      await terraform(stack, ["init"], env);
      const validated = await terraform(stack, ["validate"], env);
      expect(validated.exitCode, validated.stderr).toBe(0);
    },
  );
});

it("can be required from CommonJS", async () => {
  const program =
    'const { HeaderRouting, EnvironmentStack } = require("headgate/stacks"); console.log(HeaderRouting.name, EnvironmentStack.name);';
  const { code, stdout, stderr } = await run(process.execPath, ["--input-type=commonjs", "-e", program], {
    cwd: folder.path,
  });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "HeaderRouting EnvironmentStack\n", stderr: "" });
});
