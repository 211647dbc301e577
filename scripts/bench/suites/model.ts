import { readFileSync } from "node:fs";
import { buildEdgeModel } from "../../../probes/model/build.ts";
import { traceRequest } from "../../../probes/model/trace.ts";
import type { EdgeModel } from "../../../probes/model/edge-model.ts";
import type { EdgeRequest } from "../../../probes/facts/trace.ts";
import { readSynthesized } from "../../../probes/terraform/read-cdktf-out.ts";
import type { Block, Suite } from "../measure.ts";

const SIZES = [1_000, 10_000];
const REFERENCE = "cdktf.out/stacks/staging/cdk.tf.json";
const HOST = "api.staging.example.com";

type Kind = "path_rule" | "route_rules";
/** JSON of Terraform, of which only the URL map's path matcher is touched. */
type Json = Record<string, unknown>;

/**
 * Requests through the model of the reference system, as it is and with many more rules: what a request costs may not grow
 * with path rules, which are looked up; route rules are tried in their order. Building stands in a suite of its own.
 */
export function modelSuites(): readonly Suite[] {
  const text = readFileSync(REFERENCE, "utf8");
  const sizes = SIZES.flatMap((size) => (["path_rule", "route_rules"] as const).map((kind) => ({ size, kind })));
  const grown = sizes.map(({ size, kind }) => {
    const what = kind === "path_rule" ? "path rules" : "route rules";
    return { name: `${size.toLocaleString("en")} ${what}`, text: withRules(text, kind, size), last: `/p${size - 1}` };
  });
  const all = [{ name: "the reference", text, last: "/ws" }, ...grown];
  const requests = 100;
  return [
    {
      title: `model, ${requests} requests, the last rule's path`,
      blocks: 5,
      contenders: all.map(({ name, text: own, last }) => {
        const model = modelOf(own);
        return { name, run: () => timed(requests, () => traceRequest(model, requestFor(last))) };
      }),
      close: () => undefined,
    },
    {
      title: `model, read and built`,
      blocks: 5,
      contenders: all.map(({ name, text: own }) => ({ name, run: () => timed(1, () => modelOf(own)) })),
      close: () => undefined,
    },
  ];
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

function timed(times: number, work: () => unknown): Promise<Block> {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let done = 0; done < times; done += 1) work();
  const { user, system } = process.cpuUsage(cpu);
  return Promise.resolve({ wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 });
}
