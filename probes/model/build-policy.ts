import type { Unknown } from "../facts/provenance.ts";
import { asNumber, asString, attribute, blocks, knownText } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import type { Findings } from "./findings.ts";
import { buildCors } from "./build-cors.ts";
import type { Fault, Rewrite, RoutePolicy } from "./url-map.ts";

/** What a `route_action` does besides choosing a backend (facts U18 to U23). */
export function buildPolicy(action: Value, found: Findings): RoutePolicy {
  const one = <T>(name: string, build: (block: Value) => T): T | undefined => {
    const [block] = blocks(action, name);
    return block === undefined ? undefined : build(block);
  };
  const rewrite = one("url_rewrite", (block) => rewriteOf(block, found));
  const timeoutMs = one("timeout", (block) => durationMs(block, found.unknowns));
  const fault = one("fault_injection_policy", (block) => faultOf(block, found));
  const cors = one("cors_policy", (block) => buildCors(block, found));
  const retries = one("retry_policy", ({ by }) => by);
  const mirror = one("request_mirror_policy", ({ by }) => by);
  return {
    ...(rewrite !== undefined && { rewrite }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(fault !== undefined && { fault }),
    ...(cors !== undefined && { cors }),
    ...(retries !== undefined && { retries }),
    ...(mirror !== undefined && { mirror }),
  };
}

function rewriteOf(block: Value, found: Findings): Rewrite {
  found.unknowns.push(...unheardOf(block, "urlRewrite", { problems: found.problems }));
  const text = (name: string, doubtOf: (unknown: Unknown) => Unknown): string | undefined => {
    const written = attribute(block, name);
    if (written === undefined || knownText(written) === "") return undefined;
    const value = asString(written);
    if (value.kind === "unknown") found.unknowns.push(doubtOf(value));
    return value.kind === "known" ? value.value : undefined;
  };
  const host = text("host_rewrite", (unknown) => ({ ...unknown, affects: "headers", header: "host" }));
  // Which path the service is asked for is part of the answer.
  const prefix = text("path_prefix_rewrite", (unknown) => withAffects(unknown, "request"));
  const template = text("path_template_rewrite", (unknown) => withAffects(unknown, "request"));
  return {
    ...(host !== undefined && { host }),
    ...(prefix !== undefined && { prefix }),
    ...(template !== undefined && { template }),
    by: block.by,
  };
}

function faultOf(block: Value, found: Findings): Fault {
  found.unknowns.push(...unheardOf(block, "fault", { problems: found.problems, affects: "refusal" }));
  const doubts: Unknown[] = [];
  const [abort] = blocks(block, "abort");
  const [delay] = blocks(block, "delay");
  const number = (from: Value, name: string): number | undefined => {
    const written = attribute(from, name);
    const value = written === undefined ? undefined : asNumber(written);
    if (value?.kind === "unknown") doubts.push(value);
    return value?.kind === "known" ? value.value : undefined;
  };
  const status = abort === undefined ? undefined : number(abort, "http_status");
  const share = abort === undefined ? undefined : number(abort, "percentage");
  const [fixed] = delay === undefined ? [] : blocks(delay, "fixed_delay");
  const ms = fixed === undefined ? undefined : durationMs(fixed, doubts);
  const delayed = delay === undefined ? undefined : number(delay, "percentage");
  found.unknowns.push(...doubts.map((doubt) => withAffects(doubt, "refusal")));
  return {
    ...(status !== undefined && { abort: { status, percent: share ?? 0 } }),
    ...(ms !== undefined && { delay: { ms, percent: delayed ?? 0 } }),
    by: block.by,
  };
}

/** `seconds` and `nanos`, in milliseconds. */
function durationMs(block: Value, doubts: Unknown[]): number | undefined {
  const parts = (["seconds", "nanos"] as const).map((name) => {
    const written = attribute(block, name);
    return written === undefined ? undefined : asNumber(written);
  });
  for (const part of parts) if (part?.kind === "unknown") doubts.push(withAffects(part, "nothing"));
  const [seconds, nanos] = parts.map((part) => (part?.kind === "known" ? part.value : 0));
  return parts.some((part) => part?.kind === "unknown") ? undefined : seconds! * 1000 + nanos! / 1e6;
}
