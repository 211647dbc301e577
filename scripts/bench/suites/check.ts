import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { writeEdges } from "../edge-files.ts";
import { foreignProcess } from "../foreign-process.ts";
import type { Block, Contender, Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";

/** Files, and blocks of each: the whole suite is to end within minutes. */
const SIZES = [
  { count: 1, blocks: 10 },
  { count: 100, blocks: 5 },
  { count: 1000, blocks: 2 },
] as const;
const BUNDLE = resolve("dist/headgate.js");
const MEGABYTE = 1_000_000;

/** Reads and parses every file of a folder with Terraform's own parser, as WebAssembly, and does nothing with it. */
const HCL2JSON = `
const { readFileSync, readdirSync } = require("node:fs");
const { parse } = require("@cdktn/hcl2json");
(async () => {
  for (const name of readdirSync(process.argv[1])) await parse(name, readFileSync(process.argv[1] + "/" + name, "utf8"));
})();
`;

/**
 * `headgate check` as a whole process on 1, 100 and 1,000 files of HCL, and on the reference system, beside Terraform's
 * own start and a plain parse of the same files. The largest once more as time for each megabyte.
 */
export async function checkSuites(): Promise<Suite[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const synth = join(folder, "cdktf.out");
  await wholeProcess(["dist/synth.js"], { HEADGATE_CONTRACT: "headgate.yaml", CDKTF_OUTDIR: synth });
  const terraform: Contender[] = [
    { name: "terraform version", run: () => foreignProcess("terraform", ["version"], empty) },
    { name: "terraform validate, nothing there", run: () => foreignProcess("terraform", ["validate"], empty) },
  ];
  const sized = SIZES.map(({ count, blocks }) => {
    const path = join(folder, String(count));
    const megabytes = writeEdges(path, count) / MEGABYTE;
    const own: Contender[] = [
      { name: "headgate check", run: () => check(path) },
      { name: "hcl2json, parse alone", run: () => wholeProcess(["-e", HCL2JSON, path]) },
    ];
    return { count, blocks, megabytes, own };
  });
  const { own, megabytes, count, blocks } = sized.at(-1)!;
  const suites: Omit<Suite, "close">[] = [
    {
      title: "check: the reference system, two environments, with its contract, whole processes",
      blocks: 10,
      contenders: [{ name: "headgate check", run: () => check(synth, resolve("headgate.yaml")) }, ...terraform],
    },
    ...sized.map((each) => ({
      title: `check: ${each.count} files, ${each.megabytes.toFixed(3)} MB of HCL, whole processes`,
      blocks: each.blocks,
      contenders: [...each.own, ...terraform],
    })),
    {
      title: `check: ${count} files, time for each megabyte`,
      labels: { wall: "wall ms/MB", cpu: "cpu ms/MB" },
      blocks,
      contenders: [...own, ...terraform].map(({ name, run }) => ({
        name,
        run: async () => shared(await run(), megabytes),
      })),
    },
  ];
  let open = suites.length;
  const close = (): void => void ((open -= 1) === 0 && rmSync(folder, { recursive: true, force: true }));
  return suites.map((suite) => ({ ...suite, close }));
}

/** What is found decides the exit code, and either is fine here. */
function check(source: string, contract?: string): Promise<Block> {
  const declared = contract === undefined ? [] : ["--contract", contract];
  return wholeProcess([BUNDLE, "check", source, ...declared], {}, { exits: [0, 1], cwd: dirname(source) });
}

function shared({ wallMs, cpuMs, peakMb = 0 }: Block, megabytes: number): Block {
  return { wallMs: wallMs / megabytes, cpuMs: cpuMs / megabytes, peakMb };
}
