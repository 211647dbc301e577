import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { referenceTerraform } from "../support/reference.ts";
import { withoutGate } from "../support/without-gate.ts";
import { PROPERTIES, THEMES } from "./properties/index.ts";

describe.each(["staging", "production"] as const)("the Terraform of %s", (environment) => {
  const terraform = withoutGate(referenceTerraform(environment));
  describe.each(Object.entries(THEMES))("%s", (_, properties) => {
    it.each(properties.map((property) => [property.name, property] as const))("%s", (__, { holds }) => {
      holds(terraform, environment);
    });
  });
});

describe("the properties", () => {
  it("have a name each, and facts that look like facts", () => {
    expect(new Set(PROPERTIES.map(({ name }) => name)).size).toBe(PROPERTIES.length);
    for (const { facts } of PROPERTIES) for (const fact of facts) expect(fact).toMatch(/^[A-Z]\d+b?$/);
  });

  it("have a file for each theme", () => {
    const helpers = ["index.ts", "property.ts", "reference-system.ts", "resources.ts"];
    const files = readdirSync(new URL("properties", import.meta.url)).filter((file) => !helpers.includes(file));
    expect(files.sort()).toEqual(
      Object.keys(THEMES)
        .map((theme) => `${theme}.ts`)
        .sort(),
    );
  });
});
