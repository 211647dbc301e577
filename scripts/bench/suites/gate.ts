import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Block, Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";
import { oneRoute } from "./one-route.ts";

const ROUTES = 100;
const HEADERS = 10;
/** A shell loop grows by the route: ten of them tell what a hundred take. */
const LOOPED = 10;

/**
 * 100 routes with 10 headers each through the emulated edge, from synthesized output and with the synth before it, against
 * one bare ws script and a loop of wscat.
 */
export async function gateSuite(): Promise<Suite> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const contract = join(folder, "headgate.yaml");
  const synth = join(folder, "cdktf.out");
  writeFileSync(contract, contractOf());
  await wholeProcess(["dist/synth.js"], { HEADGATE_CONTRACT: contract, CDKTF_OUTDIR: synth });
  const gate = (...more: string[]): Promise<Block> =>
    wholeProcess(["dist/headgate.js", "gate", "--contract", contract, ...more], { CDKTF_OUTDIR: join(folder, "own") });
  const route = await oneRoute();
  return {
    title: `gate: ${ROUTES} routes, ${HEADERS} headers each, whole processes`,
    blocks: 12,
    contenders: [
      { name: "one bare ws script", run: route.bare },
      { name: "headgate gate --synth", run: () => gate("--synth", synth) },
      // Synth is a process of its own, which only the wall clock sees.
      { name: "headgate gate, synth before it", run: () => gate() },
      { name: `loop of wscat, ${LOOPED} routes`, run: () => inTurn(route.wscat) },
    ],
    close: async () => {
      await route.close();
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
