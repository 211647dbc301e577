import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import type { EdgeModel } from "../../../probes/model/edge-model.ts";
import type { EdgeRequest } from "../../../probes/facts/trace.ts";
import { readSynthesized } from "../../../probes/terraform/read-cdktf-out.ts";
import { readSource } from "../../../probes/terraform/read-source.ts";
import { writeEdges } from "../edge-files.ts";
import type { Block, Suite } from "../measure.ts";
import { wholeProcess } from "../process.ts";

const SIZES = [1_000, 10_000];
/** Files of a folder that is read, and blocks of each: the large ones are bounded. */
const FOLDERS = [
  { count: 1, blocks: 10 },
  { count: 100, blocks: 5 },
  { count: 1000, blocks: 2 },
] as const;
const REFERENCE = "stacks/staging/cdk.tf.json";
const HOST = "api.staging.example.com";

type Kind = "path_rule" | "route_rules";
/** JSON of Terraform, of which only the URL map's path matcher is touched. */
type Json = Record<string, unknown>;

/**
 * Requests through the model of the reference system, as it is and with many more rules: what a request costs may not grow
 * with path rules, which are looked up; route rules are tried in their order. Building, and reading folders of HCL, stand in
 * suites of their own. The reference is synthesized first, into a folder that goes with the last suite.
 */
export async function modelSuites(): Promise<Suite[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-"));
  const synth = join(folder, "cdktf.out");
  await wholeProcess(["dist/synth.js"], { HEADGATE_CONTRACT: "headgate.yaml", CDKTF_OUTDIR: synth });
  const maps = grownMaps(readFileSync(join(synth, REFERENCE), "utf8"));
  const suites = [requestSuite(maps), buildSuite(maps), ...folderSuites(folder)];
  let open = suites.length;
  const close = (): void => void ((open -= 1) === 0 && rmSync(folder, { recursive: true, force: true }));
  return suites.map((suite) => ({ ...suite, close }));
}

type Unclosed = Omit<Suite, "close">;

interface GrownMap {
  readonly name: string;
  readonly text: string;
  /** Path of the rule that is found last. */
  readonly last: string;
}

function grownMaps(text: string): GrownMap[] {
  const sizes = SIZES.flatMap((size) => (["path_rule", "route_rules"] as const).map((kind) => ({ size, kind })));
  const grown = sizes.map(({ size, kind }) => {
    const what = kind === "path_rule" ? "path rules" : "route rules";
    return { name: `${size.toLocaleString("en")} ${what}`, text: withRules(text, kind, size), last: `/p${size - 1}` };
  });
  return [{ name: "the reference", text, last: "/ws" }, ...grown];
}

function requestSuite(maps: readonly GrownMap[]): Unclosed {
  const requests = 100;
  const contenders = maps.map(({ name, text, last }) => {
    const model = modelOf(text);
    return { name, run: () => timed(requests, () => traceRequest(model, requestFor(last))) };
  });
  return { title: `model, ${requests} requests, the last rule's path`, blocks: 5, contenders, evaluations: requests };
}

function buildSuite(maps: readonly GrownMap[]): Unclosed {
  const contenders = maps.map(({ name, text }) => ({ name, run: () => timed(1, () => modelOf(text)) }));
  return { title: "model, read and built", blocks: 5, contenders };
}

/** Folders of HCL: parsed and evaluated to a resource graph, by itself and with the model that is built from it. */
function folderSuites(folder: string): Unclosed[] {
  return FOLDERS.map(({ count, blocks }) => {
    const path = join(folder, String(count));
    const megabytes = writeEdges(path, count) / 1_000_000;
    const read = async () => (await readSource(path)).graphs;
    const contenders = [
      { name: "parsed and evaluated", run: () => timed(1, read) },
      { name: "and built", run: () => timed(1, async () => (await read()).map(buildEdgeModel)) },
    ];
    return { title: `model, a folder of ${count} .tf files, ${megabytes.toFixed(3)} MB`, blocks, contenders };
  });
}

function modelOf(text: string): EdgeModel {
  return buildEdgeModel({ ...readSynthesized(text, REFERENCE, "bench"), digest: "0".repeat(64) });
}

/** The same configuration with rules `/p0`, `/p1`, … in front of all traffic to the reference's host. */
function withRules(text: string, kind: Kind, size: number): string {
  const terraform = JSON.parse(text) as { resource: { google_compute_url_map: Record<string, Json> } };
  const map = Object.values(terraform.resource.google_compute_url_map).find((each) => "path_matcher" in each)!;
  const [matcher] = [map["path_matcher"]].flat() as [Json];
  const service = matcher["default_service"] ?? map["default_service"];
  const numbers = Array.from({ length: size }, (_, index) => index);
  for (const name of ["path_rule", "route_rules"]) delete matcher[name];
  matcher[kind] = numbers.map((index) =>
    kind === "path_rule"
      ? { paths: [`/p${index}`, `/p${index}/*`], service }
      : { priority: index, match_rules: [{ full_path_match: `/p${index}` }], service },
  );
  map["path_matcher"] = [{ ...matcher, default_service: service }];
  map["host_rule"] = [{ hosts: [HOST], path_matcher: matcher["name"] }];
  return JSON.stringify(terraform);
}

function requestFor(target: string): EdgeRequest {
  return {
    scheme: "https",
    method: "GET",
    target,
    headers: [
      ["Host", HOST],
      ["Authorization", "Bearer of-the-bench"],
    ],
    clientAddress: "198.51.100.7",
    edgeAddress: "203.0.113.9",
    traceId: "0".repeat(32),
  };
}

async function timed(times: number, work: () => unknown): Promise<Block> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let done = 0; done < times; done += 1) await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
}
