import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contender, Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";

const SIZES = [1, 10, 100];

/** Synth as whole processes: the reference's two environments by bundle and by tsx, and 1, 10 and 100 services by bundle. */
export function synthSuite(): Suite {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const contender = (name: string, contract: string, args: readonly string[]): Contender => ({
    name,
    run: () =>
      wholeProcess(args, { HEADGATE_CONTRACT: contract, CDKTF_OUTDIR: join(folder, name.replaceAll(/\W+/g, "-")) }),
  });
  return {
    title: "synth, whole processes",
    blocks: 7,
    contenders: [
      { name: "node -e 0", run: () => wholeProcess(["-e", "0"]) },
      contender("reference, 2 environments, bundle", "headgate.yaml", ["dist/synth.js"]),
      contender("reference, 2 environments, tsx main.ts", "headgate.yaml", ["--import", "tsx", "main.ts"]),
      ...SIZES.map((size) => {
        const file = join(folder, `${size}.yaml`);
        writeFileSync(file, contractOf(size));
        return contender(`${size} ${size === 1 ? "service" : "services"}, bundle`, file, ["dist/synth.js"]);
      }),
    ],
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
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
