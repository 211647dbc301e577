import { build } from "esbuild";
import type { Metafile } from "esbuild";
import { expect, it } from "vitest";

/** Everything that is evaluated as soon as a file is; what is imported later, or for its types, is not. */
function evaluatedBy(path: string, { inputs }: Metafile): Set<string> {
  const seen = new Set([path]);
  for (const each of seen)
    for (const { path: next, kind } of inputs[each]?.imports ?? [])
      if (kind !== "dynamic-import" && inputs[next] !== undefined) seen.add(next);
  return seen;
}

it("loads no verb before it is asked for, and no package but commander", async () => {
  const options = {
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
  } as const;
  const external = ["playwright-core", "bufferutil", "utf-8-validate"];
  const { metafile } = await build({
    ...options,
    entryPoints: ["probes/cli.ts"],
    external,
    outdir: "unwritten",
    splitting: true,
  });
  const evaluated = [...evaluatedBy("probes/cli.ts", metafile)];
  const packages = evaluated.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  expect([...new Set(packages)]).toEqual(["commander"]);
  const verbs = Object.keys(metafile.inputs).filter((path) => path.startsWith("probes/commands/"));
  expect(verbs.length).toBeGreaterThan(10);
  expect(evaluated.filter((path) => path.startsWith("probes/commands/")).sort()).toEqual([
    "probes/commands/choices.ts",
    "probes/commands/context.ts",
  ]);
  expect(evaluated.filter((path) => /^probes\/(model|pipeline|emulator|witness|rules)/.test(path))).toEqual([]);
});
