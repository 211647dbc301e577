import { writeFileSync } from "node:fs";
import { runSuite } from "./measure.ts";
import type { Suite, SuiteResult } from "./measure.ts";
import { checkSuites } from "./suites/check.ts";
import { cliSuite } from "./suites/cli.ts";
import { deploySuites } from "./suites/deploy.ts";
import { gateSuite } from "./suites/gate.ts";
import { emulatorSuites } from "./suites/emulator.ts";
import { modelSuites } from "./suites/model.ts";
import { proberSuites } from "./suites/prober.ts";
import { synthSuite } from "./suites/synth.ts";
import { renderSuite } from "./table.ts";

/** `npm run bench [-- SUITE… --json FILE --blocks N]`: ratios against peers, in one interleaved run each. */
const SUITES: Readonly<Record<string, () => Promise<readonly Suite[]>>> = {
  synth: () => Promise.resolve([synthSuite()]),
  check: checkSuites,
  cli: async () => [await cliSuite()],
  gate: async () => [await gateSuite()],
  deploy: deploySuites,
  prober: proberSuites,
  emulator: emulatorSuites,
  model: modelSuites,
};

const given = process.argv.slice(2);
const file = optionOf("--json");
/** Instead of as many as a suite has; fewer say less. */
const blocks = Number(optionOf("--blocks") ?? 0);
const unknown = given.filter((name) => !Object.hasOwn(SUITES, name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(", ")}; there are ${Object.keys(SUITES).join(", ")}`);
  process.exit(2);
}
const results: SuiteResult[] = [];
for (const name of given.length > 0 ? given : Object.keys(SUITES)) {
  const suites = await SUITES[name]!();
  try {
    for (const suite of suites) {
      const result = await runSuite(blocks > 0 ? { ...suite, blocks } : suite);
      results.push(result);
      console.log(renderSuite(result));
    }
  } finally {
    for (const { close } of suites) await close();
  }
}
if (file !== undefined) writeFileSync(file, `${JSON.stringify({ schema: "headgate-bench/1", results }, null, 2)}\n`);
// A restless machine proves nothing, in either direction.
process.exitCode = results.every(({ control: { holds } }) => holds.cpu && holds.wall) ? 0 : 3;

function optionOf(name: string): string | undefined {
  const at = given.indexOf(name);
  return at === -1 ? undefined : given.splice(at, 2)[1];
}
