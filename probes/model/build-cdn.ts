import type { Unknown } from "../facts/provenance.ts";
import { asBoolean, asString, attribute, blocks, missing, singleBlock } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { Cdn } from "./edge-model.ts";

/** Cloud CDN on a backend service: whether a cache may answer, and what goes past it (fact P8). */
export function cdnOf(backend: Value, unknowns: Unknown[]): Cdn | undefined {
  const written = attribute(backend, "enable_cdn");
  const enabled = written === undefined ? undefined : asBoolean(written);
  if (written === undefined || (enabled?.kind === "known" && !enabled.value)) return undefined;
  const own: Unknown[] = enabled?.kind === "unknown" ? [enabled] : [];
  const policy = singleBlock(backend, "cdn_policy", unknowns);
  if (policy !== undefined) own.push(...unheardOf(policy, "cdnPolicy"));
  const bypass = policy === undefined ? [] : bypassHeaders(policy, own);
  return { mayAnswer: mayAnswer(policy, written), bypass, unknowns: own, by: written.by };
}

function mayAnswer(policy: Value | undefined, enabled: Value): Unknown | undefined {
  const written = policy === undefined ? undefined : attribute(policy, "cache_mode");
  const mode = written === undefined ? undefined : asString(written);
  if (mode?.kind === "unknown") return mode;
  if (mode?.value === "USE_ORIGIN_HEADERS") return undefined;
  const found = mode === undefined ? "no cache_mode is written" : `cache_mode is ${mode.value}`;
  return {
    kind: "unknown",
    reason: `Cloud CDN is on and ${found}; what a cache answers is not modelled (P8)`,
    by: (written ?? enabled).by,
  };
}

function bypassHeaders(policy: Value, unknowns: Unknown[]): string[] {
  return blocks(policy, "bypass_cache_on_request_headers").flatMap((block) => {
    unknowns.push(...unheardOf(block, "bypassHeader"));
    const written = attribute(block, "header_name");
    const name = written === undefined ? missing(block, "header_name") : asString(written);
    if (name.kind === "known") return [name.value];
    unknowns.push(name);
    return [];
  });
}
