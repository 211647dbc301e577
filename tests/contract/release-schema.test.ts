import { expect, it } from "vitest";
import { canonicalContract } from "../../contract/canonical.ts";
import { entryProblem } from "../../contract/release-schema.ts";
import { EVERYTHING, REFERENCE, contractOf, environmentOf } from "../support/builders.ts";

type Part = Record<string, unknown>;

/** What is wrong with the entry of a contract that was changed, path and message. */
function problemOf(change: (contract: Part) => void = () => undefined, text = EVERYTHING, environment = "production") {
  const parsed = contractOf(text);
  const contract = structuredClone(canonicalContract(parsed, environmentOf(parsed, environment))) as unknown as Part;
  const generations = Object.fromEntries(Object.keys(parsed.services).map((id) => [id, "0a1b2c3d"]));
  change(contract);
  const problem = entryProblem({ stamp: "", tool: "1.2.3", generations, contract });
  return problem === undefined ? undefined : `${problem.path.join(".")}: ${problem.message}`;
}

const part = (contract: Part, ...path: (string | number)[]): Part =>
  path.reduce((inner, step) => inner[step] as Part, contract);

it.each([
  ["everything", EVERYTHING, "production"],
  ["everything", EVERYTHING, "staging"],
  ["the least", REFERENCE, "staging"],
])("takes what a promotion writes: %s, %s", (_, text, environment) => {
  expect(problemOf(undefined, text, environment)).toBeUndefined();
});

it.each<[string, RegExp, (contract: Part) => void]>([
  ["no routes", /^contract\.routes: .*expected array/, (contract) => delete contract["routes"]],
  [
    "a service of no port",
    /^contract\.services\.backend\.port: .*expected number/,
    (contract) => delete part(contract, "services", "backend")["port"],
  ],
  [
    "a key of the file that a person writes",
    /^contract\.services\.backend: Unrecognized key: "min-instances"/,
    (contract) => (part(contract, "services", "backend")["min-instances"] = 1),
  ],
  [
    "another way to arrive",
    /^contract\.headers\.authorization\.arrives: is no way to arrive/,
    (contract) => (part(contract, "headers", "authorization")["arrives"] = "unchanged"),
  ],
  [
    "an image by tag",
    /^contract\.services\.backend\.image: an image is named by digest/,
    (contract) => (part(contract, "services", "backend")["image"] = "app:latest"),
  ],
  [
    "another promotion",
    /^contract\.environment\.promotion: .*expected one of "direct"\|"preview"/,
    (contract) => (part(contract, "environment")["promotion"] = "blue"),
  ],
  [
    "a setting that is left to its default",
    /^contract\.environment\.certificates: /,
    (contract) => delete part(contract, "environment")["certificates"],
  ],
  [
    "a route to no service",
    /^contract\.routes\.0\.service: no such entry under services/,
    (contract) => (part(contract, "routes", 0)["service"] = "constructor"),
  ],
  [
    "a route of no such header",
    /^contract\.routes\.0\.headers\.0: no such entry under headers/,
    (contract) => (part(contract, "routes", 0)["headers"] = ["token"]),
  ],
  [
    "a service without a generation",
    /^generations: names no generation of service extra/,
    (contract) => (part(contract, "services")["extra"] = { ...part(contract, "services", "backend"), id: "extra" }),
  ],
])("names what the stacks could not build from: %s", (_, says, change) => {
  expect(problemOf(change)).toMatch(says);
});
