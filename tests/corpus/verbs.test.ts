import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseContract } from "../../contract/parse.ts";
import { check } from "../../probes/commands/check.ts";
import type { CheckOptions } from "../../probes/commands/check.ts";
import { init } from "../../probes/commands/init.ts";
import type { SourceChoice } from "../../probes/commands/source-options.ts";
import { recordedContext } from "../support/command-context.ts";
import { temporaryFolder } from "../support/reference.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import type { Configuration } from "./configurations.ts";

const TODAY = "2030-01-15";
/** Of one configuration, with room for a machine that does much else. */
const MOST_MS = 10_000;

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => void (folder = temporaryFolder()));
afterAll(() => folder.remove());

const sourceOf = ({ folder: own, source = "." }: Configuration): string => join(own, source);

function choiceOf({ folder: own, args = [] }: Configuration): SourceChoice {
  const after = (name: string): string[] => args.flatMap((arg, at) => (arg === name ? [args[at + 1]!] : []));
  return { var: after("--var"), varFile: after("--var-file").map((file) => join(own, file)) };
}

const rows = CONFIGURATIONS.map((each) => [each.id, each] as const);

describe("every configuration of the corpus", () => {
  it.each(rows)("%s is checked without a contract", { timeout: MOST_MS }, async (_, configuration) => {
    const { context, stdout } = recordedContext(folder.path, TODAY);
    const options: CheckOptions = { ...choiceOf(configuration), format: ["json"], failOn: "error", deadline: 60 };
    const code = await check(sourceOf(configuration), options, context);
    expect([0, 1, 3]).toContain(code);
    expect(JSON.parse(stdout())).toHaveProperty("findings");
  });

  it.each(rows)("%s makes a contract that parses", { timeout: MOST_MS }, async (_, configuration) => {
    const { context, stdout } = recordedContext(folder.path, TODAY);
    const options = { ...choiceOf(configuration), from: sourceOf(configuration), out: "-" };
    expect(await init(options, context)).toBe(0);
    const parsed = parseContract(stdout(), "headgate.yaml");
    expect("problems" in parsed ? parsed.problems : []).toEqual([]);
  });
});
