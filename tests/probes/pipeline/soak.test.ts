import { randomBytes } from "node:crypto";
import { getEventListeners } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Result } from "../../../probes/facts/result.ts";
import { runPipeline } from "../../../probes/pipeline.ts";
import type { PipelineInput, Source } from "../../../probes/pipeline/input.ts";
import { startWitness } from "../../../probes/witness/start.ts";
import type { Witness } from "../../../probes/witness/start.ts";
import { REFERENCE, contractOf, fingerprint } from "../../support/builders.ts";
import { CONTRACT, KEY } from "../../support/foreign-edge.ts";
import { startHttp2Edge } from "../../support/http2-edge.ts";
import type { SecureServer } from "../../support/http2-server.ts";
import { closedPort, eventually, startRawServer } from "../../support/raw-sockets.ts";
import type { RawServer } from "../../support/raw-sockets.ts";
import { referenceSynth } from "../../support/reference.ts";

const IS_SOAK = process.env["HEADGATE_SOAK"] !== undefined;
const RUNS = IS_SOAK ? 1000 : 32;
const MIB = 1024 * 1024;

/** How much longer than its deadline a run may take, in milliseconds: other tests use the processor too. */
const SLACK_MS = 3000;

let witness: Witness;
let edge: SecureServer;
let silent: RawServer;
const warnings: Error[] = [];
const note = (warning: Error): void => void warnings.push(warning);
beforeAll(async () => {
  process.on("warning", note);
  witness = await startWitness({ service: "app", key: KEY });
  edge = await startHttp2Edge(witness.port);
  silent = await startRawServer();
});
afterAll(async () => {
  process.off("warning", note);
  await Promise.all([edge.close(), silent.close()]);
  await witness.close();
});

interface Kind {
  readonly verdict: Result["verdict"];
  /** Milliseconds for the whole run. */
  readonly deadlineMs: number;
  readonly source?: () => Promise<Source> | Source;
  readonly probe?: Partial<PipelineInput["probe"]>;
  /** Milliseconds after which a person ends the run. */
  readonly interruptMs?: (index: number) => number;
  readonly contract?: string;
}

const at = (port: number, scheme: "http" | "https" = "https"): Source => ({
  kind: "live",
  at: "the loopback edge",
  pinned: { scheme, address: "127.0.0.1", port },
  ca: edge.ca,
});

/** Every way in which a run goes, and ends. */
const KINDS: Readonly<Record<string, Kind>> = {
  whole: { verdict: "pass", deadlineMs: 10_000 },
  raw: { verdict: "pass", deadlineMs: 10_000, probe: { prober: "raw" } },
  "over HTTP/2": { verdict: "pass", deadlineMs: 10_000, probe: { http2: true } },
  interrupted: { verdict: "inconclusive", deadlineMs: 10_000, interruptMs: (index) => index % 23 },
  "past its deadline": { verdict: "inconclusive", deadlineMs: 60, source: () => at(silent.port, "http") },
  "refused by everything": { verdict: "inconclusive", deadlineMs: 10_000, source: async () => at(await closedPort()) },
  "answered by nobody": {
    verdict: "inconclusive",
    deadlineMs: 10_000,
    source: () => at(silent.port),
    probe: { timeoutMs: 40 },
  },
  emulated: {
    verdict: "pass",
    deadlineMs: 20_000,
    source: () => ({ kind: "cdktf", directory: referenceSynth() }),
    contract: REFERENCE,
  },
};

/** Never ended: what is left on it after a run would be left on a run's signal. */
const lasting = new AbortController().signal;

async function run(kind: Kind, index: number): Promise<Result> {
  const contract = contractOf(kind.contract ?? CONTRACT);
  const interrupt = new AbortController();
  const deadline = new AbortController();
  const late = (): void => deadline.abort(new DOMException("the run's deadline passed", "TimeoutError"));
  const timers = [setTimeout(late, kind.deadlineMs)];
  if (kind.interruptMs !== undefined) timers.push(setTimeout(() => interrupt.abort(), kind.interruptMs(index)));
  const endsEarly = kind.interruptMs !== undefined || kind.deadlineMs < 1000;
  const signal = endsEarly ? AbortSignal.any([interrupt.signal, deadline.signal]) : lasting;
  const started = performance.now();
  try {
    return await runPipeline({
      run: { id: `run-${index}`, verb: "probe", tool: "headgate", startedAt: "2030-01-01T00:00:00.000Z" },
      contract,
      environments: [contract.environments["staging"]!],
      source: await (kind.source ?? (() => at(edge.port)))(),
      probe: { timeoutMs: 5000, concurrency: 16, ...kind.probe, signal },
      mint: { key: KEY, random: (bytes) => randomBytes(bytes).toString("hex"), expiresAt: Date.now() + 60_000 },
      today: "2030-01-01",
      seed: index,
      fingerprint,
      steps: [],
      measure: (_, work) => work(),
    });
  } finally {
    expect(performance.now() - started).toBeLessThan(kind.deadlineMs + SLACK_MS);
    timers.forEach(clearTimeout);
  }
}

/** What keeps the process busy, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Waits until no more is busy than before; closed sockets leave in their own time. */
async function settled(before: Record<string, number>): Promise<void> {
  const isBack = (): boolean =>
    ["TCPSocketWrap", "TLSWrap", "TCPServerWrap", "PipeWrap", "Timeout", "GetAddrInfoReqWrap", "TCPConnectWrap"].every(
      (name) => (resources()[name] ?? 0) <= (before[name] ?? 0),
    );
  await eventually(isBack).catch(() => expect(resources()).toEqual(before));
  for (const server of [edge, silent]) await eventually(async () => (await server.open()) === 0);
}

it(
  `leaves nothing behind in ${RUNS} runs, however they end`,
  async () => {
    const kinds = Object.entries(KINDS);
    // Libraries are loaded, and contexts made, the first time.
    const before = resources();
    for (const [index, [, kind]] of kinds.entries()) await run(kind, index);
    const memory: number[] = [];
    for (let index = 0; index < RUNS; index++) {
      const [name, kind] = kinds[index % kinds.length]!;
      const { verdict, reasons } = await run(kind, index);
      expect([name, verdict], reasons.join("\n")).toEqual([name, kind.verdict]);
      memory.push(process.memoryUsage().rss);
      if (index % 100 === 99) await settled(before);
    }
    await settled(before);
    expect(getEventListeners(lasting, "abort")).toEqual([]);
    expect(warnings).toEqual([]);
    const [first, second] = [memory.slice(0, RUNS / 2), memory.slice(RUNS / 2)].map((half) => Math.max(...half) / MIB);
    expect(second! - first!, `${first} MiB, then ${second} MiB`).toBeLessThan(IS_SOAK ? 40 : 80);
  },
  IS_SOAK ? 1_200_000 : 60_000,
);
