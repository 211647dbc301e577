import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sign } from "../../../contract/probe-protocol.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import type { Block, Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";

const KEY = "a-key-for-the-bench-0123456789";
const ROUTES = 100;
const HEADERS = 10;
/** A shell loop grows by the route: ten of them tell what a hundred take. */
const LOOPED = 10;

/** 100 routes with 10 headers each through the emulated edge, against one bare ws script and a loop of wscat. */
export async function gateSuite(): Promise<Suite> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const contract = join(folder, "headgate.yaml");
  const synth = join(folder, "cdktf.out");
  writeFileSync(contract, contractOf());
  const made = spawnSync(process.execPath, ["dist/synth.js"], {
    env: { ...process.env, HEADGATE_CONTRACT: contract, CDKTF_OUTDIR: synth },
    encoding: "utf8",
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const witness = await startWitness({ service: "app", key: KEY });
  const url = `ws://127.0.0.1:${witness.port}/ws`;
  let drawn = 0;
  const signature = (): string =>
    sign({ environment: "staging", route: "bench", nonce: `bench-${drawn++}`, expiresAt: Date.now() + 600_000 }, KEY);
  const wscat = (): Promise<Block> =>
    wholeProcess([
      "node_modules/wscat/bin/wscat",
      ...["-c", url, "-H", `X-Headgate-Signature: ${signature()}`, "-x", "hello", "-w", "0.05"],
    ]);
  return {
    title: `gate: ${ROUTES} routes, ${HEADERS} headers each, whole processes`,
    blocks: 7,
    contenders: [
      { name: "one bare ws script", run: () => wholeProcess(["scripts/bench/suites/bare-ws.js", url, signature()]) },
      {
        name: "headgate gate --synth",
        run: () => wholeProcess(["dist/headgate.js", "gate", "--synth", synth, "--contract", contract]),
      },
      { name: `loop of wscat, ${LOOPED} routes`, run: () => inTurn(wscat) },
    ],
    close: async () => {
      await witness.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function inTurn(one: () => Promise<Block>): Promise<Block> {
  let total: Block = { wallMs: 0, cpuMs: 0, peakMb: 0 };
  for (let index = 0; index < LOOPED; index++) {
    const { wallMs, cpuMs, peakMb = 0 } = await one();
    total = {
      wallMs: total.wallMs + wallMs,
      cpuMs: total.cpuMs + cpuMs,
      peakMb: Math.max(total.peakMb ?? 0, peakMb),
    };
  }
  return total;
}

function contractOf(): string {
  const headers = Array.from({ length: HEADERS }, (_, index) => `h${index}`);
  return [
    "version: 1",
    "name: bench",
    "environments: { staging: { project: example-bench, region: us-central1, domain: example.com } }",
    "headers:",
    ...headers.map((id) => `  ${id}: { name: X-Bench-${id}, arrives: unchanged }`),
    `services: { app: { image: "us-docker.pkg.dev/example/bench/app@sha256:${"0".repeat(64)}", timeout: 3600s } }`,
    "routes:",
    ...Array.from({ length: ROUTES }, (_, index) => (index === 0 ? "/*" : `/r${index}`)).map(
      (path) =>
        `  - { host: "api.\${domain}", paths: ["${path}"], service: app, protocol: websocket, headers: [${headers.join(", ")}] }`,
    ),
    "",
  ].join("\n");
}
