import type { Unknown } from "../facts/provenance.ts";
import { asBoolean, asNumber, asString, asStrings, attribute, blocks, knownText } from "../terraform/graph.ts";
import type { ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import type { Findings } from "./findings.ts";
import { alikeRegExp } from "./re2.ts";
import type { Cors, Fault, Rewrite, RoutePolicy } from "./url-map.ts";

/** What a `route_action` does besides choosing a backend (facts U18 to U23). */
export function buildPolicy(_graph: ResourceGraph, action: Value, found: Findings): RoutePolicy {
  const one = <T>(name: string, build: (block: Value) => T): T | undefined => {
    const [block] = blocks(action, name);
    return block === undefined ? undefined : build(block);
  };
  const rewrite = one("url_rewrite", (block) => rewriteOf(block, found));
  const timeoutMs = one("timeout", (block) => durationMs(block, found.unknowns));
  const fault = one("fault_injection_policy", (block) => faultOf(block, found));
  const cors = one("cors_policy", (block) => corsOf(block, found));
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
  const text = (name: string, affects: "headers" | "request"): string | undefined => {
    const written = attribute(block, name);
    if (written === undefined || knownText(written) === "") return undefined;
    const value = asString(written);
    // A path that is not known is one of the service's own; which headers arrive does not hang on it.
    if (value.kind === "unknown") found.unknowns.push(withAffects(value, affects));
    return value.kind === "known" ? value.value : undefined;
  };
  const host = text("host_rewrite", "headers");
  const prefix = text("path_prefix_rewrite", "request");
  const template = text("path_template_rewrite", "request");
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

/** Undefined where it is switched off. */
function corsOf(block: Value, found: Findings): Cors | undefined {
  const doubts = unheardOf(block, "corsPolicy", { problems: found.problems, affects: "nothing" });
  const written = attribute(block, "disabled");
  const disabled = written === undefined ? undefined : asBoolean(written);
  if (disabled?.kind === "known" && disabled.value) return undefined;
  const list = (name: string): string[] => {
    const value = attribute(block, name);
    const texts = value === undefined ? undefined : asStrings(value);
    if (texts?.kind === "unknown") doubts.push(withAffects(texts, "nothing"));
    return texts?.kind === "known" ? texts.value.map((text) => text.value) : [];
  };
  const joined = (header: string, name: string): (readonly [string, string])[] => {
    const values = list(name);
    return values.length === 0 ? [] : [[header, values.join(",")]];
  };
  const age = knownText(attribute(block, "max_age"));
  const credentials = knownText(attribute(block, "allow_credentials"));
  const patterns = list("allow_origin_regexes").flatMap((text) => alikeRegExp(text) ?? []);
  found.unknowns.push(...doubts);
  return {
    origins: list("allow_origins"),
    originPatterns: patterns,
    headers: [
      ...joined("access-control-allow-methods", "allow_methods"),
      ...joined("access-control-allow-headers", "allow_headers"),
      ...joined("access-control-expose-headers", "expose_headers"),
      ...(age === undefined ? [] : [["access-control-max-age", age] as const]),
      ...(credentials === "true" ? [["access-control-allow-credentials", "true"] as const] : []),
    ],
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
