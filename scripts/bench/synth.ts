import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure, ratio, spread } from "./measure.ts";
import type { Contender } from "./measure.ts";

const ROUNDS = 7;
const SIZES = [1, 10, 100];

/** Synth as whole processes: the reference's two environments by bundle and by tsx, and 1, 10 and 100 services by bundle. */
export async function benchSynth(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  try {
    const contenders = [
      contender("reference, 2 environments, bundle", "headgate.yaml", ["dist/synth.js"], folder),
      contender("reference, 2 environments, tsx main.ts", "headgate.yaml", ["--import", "tsx", "main.ts"], folder),
      ...SIZES.map((size) => {
        const file = join(folder, `${size}.yaml`);
        writeFileSync(file, contractOf(size));
        return contender(`${size} ${size === 1 ? "service" : "services"}, bundle`, file, ["dist/synth.js"], folder);
      }),
      { name: "node -e 0", args: ["-e", "0"] },
    ];
    const measured = await measure(contenders, ROUNDS);
    const base = measured.at(-1)!;
    return [
      `synth, ${ROUNDS} interleaved rounds, whole processes: median [min..max]`,
      row("", "wall ms", "peak MB", "wall / node -e 0"),
      ...measured.map((one) => row(one.name, spread(one.wallMs, 0), spread(one.peakMb, 0), ratio(one, base))),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contender(name: string, contract: string, args: readonly string[], folder: string): Contender {
  const env = { HEADGATE_CONTRACT: contract, CDKTF_OUTDIR: join(folder, name.replaceAll(/\W+/g, "-")) };
  return { name, args, env };
}

function row(...[name = "", ...cells]: string[]): string {
  return name.padEnd(42) + cells.map((cell) => cell.padEnd(20)).join("");
}

/** One environment with `size` services, each with a host and a WebSocket of its own; 100 paths is what a URL map tests. */
function contractOf(size: number): string {
  const numbers = Array.from({ length: size }, (_, index) => index);
  const image = `us-docker.pkg.dev/example/bench/app@sha256:${"0".repeat(64)}`;
  return [
    "version: 1",
    "name: bench",
    "environments: { staging: { project: example-bench, region: us-central1, domain: example.com } }",
    'headers: { authorization: { name: Authorization, send: "Bearer ${token}", arrives: unchanged } }',
    "services:",
    ...numbers.map((index) => `  s${index}: { image: "${image}", timeout: 3600s }`),
    "routes:",
    ...numbers.map(
      (index) =>
        `  - { host: "s${index}.\${domain}", paths: [/*], service: s${index}, protocol: websocket, headers: [authorization] }`,
    ),
    "",
  ].join("\n");
}
