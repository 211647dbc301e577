import { describe, expect, it } from "vitest";
import { referenceTerraform } from "../support/reference.ts";
import type { EnvironmentId, Json } from "../support/reference.ts";
import { withoutGate } from "../support/without-gate.ts";
import { PLANTS } from "./forbidden/index.ts";
import { headerPath } from "./header-path.ts";
import { mutationsBelow, shapeOf } from "./mutations.ts";
import type { Exemption, Mutation } from "./mutations.ts";
import { PROPERTIES, THEMES } from "./properties/index.ts";
import type { Property } from "./properties/property.ts";

/** Nothing else is exempt: descriptions, labels and lifecycles have properties too. */
const EXEMPT: readonly Exemption[] = [
  { key: "//", because: "CDKTF's note of the construct: Terraform reads none of it" },
];

const ENVIRONMENTS = ["staging", "production"] as const;

/** What is expensive in a failed assertion is its stack, which nobody reads here. */
function failure({ holds }: Property, terraform: Json, environment: EnvironmentId): unknown {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return void holds(terraform, environment);
  } catch (error) {
    return error;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function catcher(properties: readonly Property[], terraform: Json, environment: EnvironmentId): Property | undefined {
  return properties.find((property) => failure(property, terraform, environment) !== undefined);
}

function allMutations(terraform: Json): { mutation: Mutation; properties: readonly Property[] }[] {
  return headerPath(terraform).flatMap(({ path, themes }) => {
    const first = themes.flatMap((theme) => [...THEMES[theme]] as Property[]);
    const properties = [...new Set([...first, ...PROPERTIES])];
    return mutationsBelow(terraform, path, EXEMPT).map((mutation) => ({ mutation, properties }));
  });
}

describe.each(ENVIRONMENTS)("the header path of %s", (environment) => {
  it("has no attribute that could change without a property breaking", () => {
    const terraform = withoutGate(referenceTerraform(environment));
    const before = JSON.stringify(terraform);
    const mutations = allMutations(terraform);
    expect(mutations.length).toBeGreaterThan(800);
    // The property that caught a change in such a place before is asked first.
    const caughtBefore = new Map<string, Property>();
    const survivors: string[] = [];
    for (const { mutation, properties } of mutations) {
      const shape = shapeOf(mutation.path);
      const likely = caughtBefore.get(shape);
      const undo = mutation.apply();
      const caught = catcher(likely === undefined ? properties : [likely, ...properties], terraform, environment);
      undo();
      if (caught === undefined) survivors.push(`${mutation.path.join(".")}: ${mutation.what}`);
      else caughtBefore.set(shape, caught);
    }
    expect(survivors).toEqual([]);
    expect(JSON.stringify(terraform) === before).toBe(true);
  });

  it.each(PLANTS.filter((plant) => plant.in === undefined || plant.in === environment))(
    "is not $name",
    ({ plant, caughtBy }) => {
      const terraform = withoutGate(referenceTerraform(environment));
      plant(terraform);
      const property = PROPERTIES.find(({ name }) => name === caughtBy);
      expect(property, `there is no property "${caughtBy}"`).toBeDefined();
      expect(failure(property!, terraform, environment)).toMatchObject({ name: "AssertionError" });
    },
  );
});

describe("every property", () => {
  /** Every change of everything, in both environments. */
  const places = ENVIRONMENTS.map((environment) => {
    const terraform = withoutGate(referenceTerraform(environment));
    const mutations = Object.keys(terraform as object).flatMap((key) => mutationsBelow(terraform, [key], EXEMPT));
    return { environment, terraform, mutations };
  });
  const planted = new Set(PLANTS.map(({ caughtBy }) => caughtBy));
  const changed = PROPERTIES.filter(({ name }) => !planted.has(name));

  it.each(changed.map((property) => [property.name, property] as const))("can break: %s", (_, property) => {
    const breaks = places.some(({ environment, terraform, mutations }) =>
      mutations.some(({ apply }) => {
        const undo = apply();
        const error = failure(property, terraform, environment);
        undo();
        // Its own assertion, and not a resource that was looked for in vain.
        return error instanceof Error && error.name === "AssertionError";
      }),
    );
    expect(breaks).toBe(true);
  });
});
