import type { Provenance, Unknown } from "../facts/provenance.ts";
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
  const timeout = one("timeout", (block) => timeoutOf(block, found));
  const fault = one("fault_injection_policy", (block) => faultOf(block, found));
  const cors = one("cors_policy", (block) => buildCors(block, found));
  const retries = one("retry_policy", (block) => placeOf(block, "retryPolicy", found));
  const mirror = one("request_mirror_policy", (block) => placeOf(block, "mirrorPolicy", found));
  return {
    ...(rewrite !== undefined && { rewrite }),
    ...(timeout !== undefined && { timeout }),
    ...(fault !== undefined && { fault }),
    ...(cors !== undefined && { cors }),
    ...(retries !== undefined && { retries }),
    ...(mirror !== undefined && { mirror }),
  };
}

function timeoutOf(block: Value, found: Findings): RoutePolicy["timeout"] {
  const ms = durationMs(block, found);
  return ms === undefined ? undefined : { ms, by: block.by };
}

/** What is told of and has no effect on what arrives. */
function placeOf(block: Value, kind: "retryPolicy" | "mirrorPolicy", { unknowns, problems }: Findings): Provenance {
  unknowns.push(...unheardOf(block, kind, { problems, affects: "nothing" }));
  return block.by;
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
  const own: Findings = { unknowns: [], problems: found.problems };
  own.unknowns.push(...unheardOf(block, "fault", { problems: own.problems }));
  const [abort] = blocks(block, "abort");
  const [delay] = blocks(block, "delay");
  if (abort !== undefined) own.unknowns.push(...unheardOf(abort, "faultAbort", { problems: own.problems }));
  if (delay !== undefined) own.unknowns.push(...unheardOf(delay, "faultDelay", { problems: own.problems }));
  const status = numberIn(abort, "http_status", own);
  const share = numberIn(abort, "percentage", own);
  const [fixed] = delay === undefined ? [] : blocks(delay, "fixed_delay");
  const ms = fixed === undefined ? undefined : durationMs(fixed, own);
  const delayed = numberIn(delay, "percentage", own);
  found.unknowns.push(...own.unknowns.map((doubt) => withAffects(doubt, "refusal")));
  return {
    ...(status !== undefined && { abort: { status, percent: share ?? 0 } }),
    ...(ms !== undefined && { delay: { ms, percent: delayed ?? 0 } }),
    by: block.by,
  };
}

function numberIn(block: Value | undefined, name: string, { unknowns }: Findings): number | undefined {
  const written = block === undefined ? undefined : attribute(block, name);
  const value = written === undefined ? undefined : asNumber(written);
  if (value?.kind === "unknown") unknowns.push(value);
  return value?.kind === "known" ? value.value : undefined;
}

/** `seconds` and `nanos`, in milliseconds; how long something takes changes nothing of what arrives. */
function durationMs(block: Value, { unknowns, problems }: Findings): number | undefined {
  const own: Findings = { unknowns: unheardOf(block, "duration", { problems, affects: "nothing" }), problems };
  const [seconds, nanos] = [numberIn(block, "seconds", own), numberIn(block, "nanos", own)];
  unknowns.push(...own.unknowns.map((doubt) => withAffects(doubt, "nothing")));
  return own.unknowns.length > 0 ? undefined : (seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}
