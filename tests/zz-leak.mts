import { randomBytes } from "node:crypto";
import { runPipeline } from "/work/main/probes/pipeline.ts";
import { startWitness } from "/work/main/probes/witness/start.ts";
import { contractOf, fingerprint, REFERENCE } from "/work/main/tests/support/builders.ts";
import { CONTRACT, KEY } from "/work/main/tests/support/foreign-edge.ts";
import { startHttp2Edge } from "/work/main/tests/support/http2-edge.ts";
const witness = await startWitness({ service: "app", key: KEY });
const edge = await startHttp2Edge(witness.port);
const kinds: Record<string, any> = { lib: {}, raw: { prober: "raw" }, http2: { http2: true }, emu: { emu: true } };
const only = process.argv[2]!; const n = Number(process.argv[3]);
const k = kinds[only];
const contract = contractOf(k.emu ? REFERENCE : CONTRACT);
for (let i = 0; i <= n; i++) {
  const r = await runPipeline({ run: { id: "x", verb: "probe", tool: "t", startedAt: "" }, contract, environments: [contract.environments["staging"]!],
    source: k.emu ? { kind: "cdktf", directory: "/work/main/cdktf.out" } : { kind: "live", at: "x", pinned: { scheme: "https", address: "127.0.0.1", port: edge.port }, ca: edge.ca },
    probe: { timeoutMs: 5000, concurrency: 16, ...k, signal: new AbortController().signal },
    mint: { key: KEY, random: (b) => randomBytes(b).toString("hex"), expiresAt: Date.now() + 1500 }, seed: i, fingerprint, steps: [], measure: (_, w) => w() } as never);
  if (i % (n / 5) === 0) { await new Promise((r) => setTimeout(r, 2500)); (globalThis as any).gc(); (globalThis as any).gc(); const m = process.memoryUsage(); console.log(only, i, r.verdict, (m.heapUsed / 1e6).toFixed(1), (m.external / 1e6).toFixed(1), (m.rss / 1e6).toFixed(0)); }
}
process.exit(0);
