import type { Problem, Unknown } from "../facts/provenance.ts";
import { asBoolean, asString, attribute, blocks, missing, singleBlock } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import { withAffects } from "./doubt.ts";
import type { Cdn } from "./edge-model.ts";

/** Cloud CDN on a backend service: whether a cache may answer, and what goes past it (fact P8). */
export function cdnOf(backend: Value, unknowns: Unknown[], problems: Problem[]): Cdn | undefined {
  const written = attribute(backend, "enable_cdn");
  const enabled = written === undefined ? undefined : asBoolean(written);
  if (written === undefined || (enabled?.kind === "known" && !enabled.value)) return undefined;
  const own: Unknown[] = enabled?.kind === "unknown" ? [enabled] : [];
  const policy = singleBlock(backend, "cdn_policy", unknowns);
  if (policy !== undefined) own.push(...unheardOf(policy, "cdnPolicy", { problems }));
  const bypass = policy === undefined ? [] : bypassHeaders(policy, own, problems);
  // Whatever cannot be read leaves open whether a cache answers in place of the service.
  const refusals = own.map((each) => withAffects(each, "refusal"));
  return { mayAnswer: mayAnswer(policy, written), bypass, unknowns: refusals, by: written.by };
}

function mayAnswer(policy: Value | undefined, enabled: Value): Unknown | undefined {
  const written = policy === undefined ? undefined : attribute(policy, "cache_mode");
  const mode = written === undefined ? undefined : asString(written);
  if (mode?.kind === "unknown") return withAffects(mode, "refusal");
  if (mode?.value === "USE_ORIGIN_HEADERS") return undefined;
  const found = mode === undefined ? "no cache_mode is written" : `cache_mode is ${mode.value}`;
  return {
    kind: "unknown",
    reason: `Cloud CDN is on and ${found}; what a cache answers is not modelled (P8)`,
    affects: "refusal",
    by: (written ?? enabled).by,
  };
}

function bypassHeaders(policy: Value, unknowns: Unknown[], problems: Problem[]): string[] {
  return blocks(policy, "bypass_cache_on_request_headers").flatMap((block) => {
    unknowns.push(...unheardOf(block, "bypassHeader", { problems }));
    const written = attribute(block, "header_name");
    const name = written === undefined ? missing(block, "header_name") : asString(written);
    if (name.kind === "known") return [name.value];
    unknowns.push(name);
    return [];
  });
}
