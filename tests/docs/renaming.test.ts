import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newProject } from "../support/terraform-project.ts";
import type { Project } from "../support/terraform-project.ts";

const BEFORE = readFileSync("tests/support/contracts/staging.yaml", "utf8");

/** Each row of the table, and the edit that it is about. */
const RENAMINGS: Readonly<Record<string, (contract: string) => string>> = {
  "the id of a header": (contract) => contract.replaceAll(/\bidentity\b/g, "user"),
  "the name of a header": (contract) => contract.replace("X-User-Id", "X-Account-Id"),
  "a path of a route": (contract) => contract.replace("paths: [/api/*]", "paths: [/v1/*]"),
  "a host": (contract) => contract.replace("host: auth.${domain}", "host: login.${domain}"),
  "a service": (contract) => contract.replace("  auth:\n", "  login:\n").replace("service: auth", "service: login"),
};

interface Row {
  readonly renamed: string;
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly changed: readonly string[];
}

function rows(): Row[] {
  const lines = readFileSync("docs/renaming.md", "utf8").split("\n");
  return lines
    .filter((line) => line.startsWith("| ") && !line.startsWith("| renamed") && !line.startsWith("| ---"))
    .map((line) => {
      const [renamed = "", ...cells] = line.split("|").slice(1, -1);
      const [created = [], deleted = [], changed = []] = cells.map((cell) =>
        [...cell.matchAll(/`([^`]+)`/g)].map(([, type]) => type!),
      );
      return { renamed: renamed.trim(), created, deleted, changed };
    });
}

describe("the table of renamings", () => {
  let project: Project;
  beforeAll(async () => {
    project = newProject();
    await project.synth(BEFORE);
    await project.apply("staging");
  }, 120_000);
  afterAll(() => project.remove());

  it("has a row for every renaming that is tried", () => {
    expect(rows().map(({ renamed }) => renamed)).toEqual(Object.keys(RENAMINGS));
  });

  it.each(rows())("says what a plan shows: $renamed", { timeout: 120_000 }, async ({ renamed, ...expected }) => {
    const after = RENAMINGS[renamed]!(BEFORE);
    expect(after).not.toBe(BEFORE);
    await project.synth(after);
    const plan = Object.entries(await project.plan("staging"));
    const types = (action: string): string[] => [
      ...new Set(plan.filter(([, actions]) => actions.includes(action)).map(([address]) => address.split(".")[0]!)),
    ];
    expect({
      created: types("create").sort(),
      deleted: types("delete").sort(),
      changed: types("update").sort(),
    }).toEqual(expected);
  });
});
