import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SCHEMA_VERSION, entryOf, schemaOf } from "../../../../probes/rules/static/provider-schema.ts";
import type { SchemaBlock } from "../../../../probes/rules/static/provider-schema.ts";
import { SCHEMA_FILE, providerSchemaText } from "../../../../scripts/provider-schema.ts";

const URL_MAP = schemaOf("google_compute_url_map")!;

function inner(block: SchemaBlock, ...names: readonly string[]): SchemaBlock {
  return names.reduce((at, name) => {
    const entry = entryOf(at, name);
    if (entry?.kind !== "block") throw new Error(`${name} is no block`);
    return entry.inner;
  }, block);
}

describe("the provider's schema", () => {
  it("is what the bindings declare (else: npm run provider-schema)", () => {
    expect(readFileSync(SCHEMA_FILE, "utf8")).toBe(providerSchemaText());
  });

  it("says the version that it is of", () => {
    expect(SCHEMA_VERSION).toMatch(/^6\.\d+\.\d+$/);
  });

  it("tells required from optional, and the types apart", () => {
    expect(entryOf(URL_MAP, "name")).toEqual({ kind: "attribute", type: "s", required: true });
    const header = inner(URL_MAP, "header_action", "request_headers_to_add");
    expect(entryOf(header, "replace")).toEqual({ kind: "attribute", type: "b", required: true });
    expect(entryOf(inner(URL_MAP, "host_rule"), "hosts")).toEqual({ kind: "attribute", type: "Ss", required: true });
  });

  it("tells how often a block may stand", () => {
    expect(entryOf(URL_MAP, "header_action")).toMatchObject({ least: 0, most: 1 });
    expect(entryOf(URL_MAP, "path_matcher")).toMatchObject({ least: 0, most: 0 });
    expect(entryOf(schemaOf("google_cloud_run_v2_service")!, "template")).toMatchObject({ least: 1, most: 1 });
  });

  it("has no name that every object answers to", () => {
    expect(entryOf(URL_MAP, "constructor")).toBeUndefined();
    expect(schemaOf("constructor")).toBeUndefined();
  });
});
