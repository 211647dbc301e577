import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readCdktfOut } from "../../../probes/terraform/read-cdktf-out.ts";
import { ConfigurationError } from "../../../probes/terraform/configuration-error.ts";
import {
  ADDRESS,
  FILE,
  edgeText,
  positionOf,
  smallEdge,
  synthFiles,
  temporaryFolder,
} from "../../support/edge-fixture.ts";

const folders: { remove: () => void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(files);
  folders.push(folder);
  return folder.path;
}

function errorOf(files: Readonly<Record<string, string>>): { folder: string; error: Error } {
  const folder = folderWith(files);
  try {
    readCdktfOut(folder);
  } catch (error) {
    return { folder, error: error as Error };
  }
  throw new Error("the folder was read without an error");
}

const TEXT = edgeText(smallEdge());
const manifest = (stacks: unknown): string => JSON.stringify({ version: "0.21.0", stacks });

describe("a finished synth", () => {
  it("gives one graph for each stack of the manifest, by its name", () => {
    const other = edgeText(smallEdge((edge) => delete edge.resource["google_compute_url_map"]));
    const graphs = readCdktfOut(folderWith(synthFiles({ staging: TEXT, production: other })));
    expect(graphs.map(({ name }) => name)).toEqual(["staging", "production"]);
    expect(graphs.map(({ resources }) => resources.has(ADDRESS.urlMap))).toEqual([true, false]);
  });

  it("digests the bytes that were read", () => {
    const [graph] = readCdktfOut(folderWith(synthFiles({ staging: TEXT })));
    expect(graph!.digest).toBe(createHash("sha256").update(TEXT).digest("hex"));
  });

  it("places every value in the stack's file, under the folder that was named", () => {
    const folder = folderWith(synthFiles({ staging: TEXT }));
    const [graph] = readCdktfOut(folder);
    const { by } = graph!.resources.get(ADDRESS.urlMap)!.body;
    expect(by.file).toBe(join(folder, "stacks", "staging", FILE));
  });

  it("adds the TypeScript line of a construct where sources.json names it", () => {
    const edge = smallEdge(({ urlMap, proxy }) => {
      urlMap["//"] = { metadata: { path: "staging/edge/map" } };
      proxy["//"] = { metadata: { path: "staging/edge/proxy" } };
    });
    const constructs = { "staging/edge/map": { file: "stacks/edge.ts", line: 41 } };
    const files = {
      ...synthFiles({ staging: edgeText(edge) }),
      "stacks/staging/sources.json": JSON.stringify({ constructs }),
    };
    const [graph] = readCdktfOut(folderWith(files));
    const constructOf = (address: string) => graph!.resources.get(address)!.body.by.construct;
    expect(constructOf(ADDRESS.urlMap)).toEqual({ path: "staging/edge/map", file: "stacks/edge.ts", line: 41 });
    expect(constructOf(ADDRESS.proxy)).toBeUndefined();
  });
});

describe("a folder that cannot be read", () => {
  it("without a manifest says that no synth has finished, and how to make one", () => {
    const files = synthFiles({ staging: TEXT });
    delete files["manifest.json"];
    const { folder, error } = errorOf(files);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(
      `${join(folder, "manifest.json")}  no such file: the folder holds no finished synth; run \`npx cdktf synth\`, ` +
        "or name its output folder with --synth DIR",
    );
  });

  it.each([
    ["a manifest without stacks", "{}", "`stacks`"],
    ["a manifest whose stacks are a list", manifest([]), "`stacks`"],
    ["a manifest that is a list", "[]", "`stacks`"],
    ["a manifest with no stack", manifest({}), "synthesize at least one environment"],
    ["a stack without a path", manifest({ a: { name: "a" } }), "without name or path"],
    ["a stack without a name", manifest({ a: { synthesizedStackPath: "x.json" } }), "without name or path"],
    ["a stack that is no object", manifest({ a: "a" }), "without name or path"],
    ["a broken manifest", '{ "stacks": ', "is not valid JSON"],
    ["an empty manifest", "", "is not valid JSON"],
  ])("with %s names the manifest and the fault", (_, text, wanted) => {
    const { folder, error } = errorOf({ "manifest.json": text });
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(join(folder, "manifest.json"));
    expect(error.message).toContain(wanted);
  });

  it.each(["../outside/cdk.tf.json", "stacks/../../outside.json", "/etc/hostname"])(
    "refuses the stack path %s, which leaves it",
    (path) => {
      const { folder, error } = errorOf({
        "manifest.json": manifest({ a: { name: "a", synthesizedStackPath: path } }),
      });
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain(`${join(folder, "manifest.json")}  stack a points outside the folder: ${path}`);
    },
  );

  it("names the stack file that the manifest lists and that is not there", () => {
    const files = synthFiles({ staging: TEXT });
    delete files[`stacks/staging/${FILE}`];
    const { folder, error } = errorOf(files);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(
      `${join(folder, "stacks", "staging", FILE)}  no such file, though ${join(folder, "manifest.json")} lists it; synthesize again`,
    );
  });

  it("gives line and column of broken JSON in a stack", () => {
    const broken = TEXT.replace('"port_range": "443"', '"port_range": oops');
    const { line, column } = positionOf(broken, "oops");
    const { folder, error } = errorOf(synthFiles({ staging: broken }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(`${join(folder, "stacks", "staging", FILE)}:${line}:${column}  is not valid JSON`);
    expect(error.message).toContain("synthesize again");
  });

  it.each([
    ["an empty file", ""],
    ["a comment", "// nothing\n{}"],
    ["a trailing comma", '{ "resource": {}, }'],
    ["a file cut in the middle", TEXT.slice(0, 200)],
  ])("refuses %s as a stack", (_, text) => {
    const { error } = errorOf(synthFiles({ staging: text }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(/cdk\.tf\.json:\d+:\d+ {2}is .*synthesize again/);
  });

  it.each(['{ "resource": {} }', '{ "resource": { "google_compute_url_map": {} } }'])(
    "refuses %s, as Terraform does",
    (text) => {
      const { error } = errorOf(synthFiles({ staging: text }));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toMatch(/cdk\.tf\.json:1:\d+ {2}Missing block label; .*synthesize again/);
    },
  );

  it.each(["{}", "[]"])("refuses %s: a stack without a resource proves nothing", (text) => {
    const { error } = errorOf(synthFiles({ staging: text }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("holds no resource");
  });

  it("refuses a sources.json that lists no constructs", () => {
    const files = { ...synthFiles({ staging: TEXT }), "stacks/staging/sources.json": "[]" };
    const { error } = errorOf(files);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("`constructs`; synthesize again");
  });

  it("reads every stack or none", () => {
    const { error } = errorOf(synthFiles({ staging: TEXT, production: "{" }));
    expect(error.message).toContain(join("stacks", "production", FILE));
  });
});
