import type { Problem, Provenance, StagedAct, Unknown } from "../facts/provenance.ts";
import type { Oracle } from "./assumptions.ts";
import type { HeaderFlow } from "./flow.ts";
import type { Journey } from "./journey.ts";
import { filled } from "./path-template.ts";
import { hostOf } from "./stage-front.ts";
import { adds } from "./stage-proxy.ts";
import type { MatchedPath } from "./routed.ts";
import type { Rewrite } from "./url-map.ts";

/**
 * The path with another prefix. What of `/a/*` counts as the prefix is open where it makes a difference; so it is where no
 * path was asked for: all are below the folder `/` then.
 */
export function replacedPrefix(
  path: string,
  prefix: string,
  matched: MatchedPath | undefined,
  { assume }: Oracle,
): string {
  if (matched?.kind === "whole") return prefix;
  const { prefix: own, isFolder } = matched?.kind === "prefix" ? matched : { prefix: "/", isFolder: true };
  const rest = path.slice(own.length);
  if (!isFolder || prefix.endsWith("/")) return prefix + rest;
  return assume("folder-of-a-path-rule") === "kept" ? `${prefix}/${rest}` : prefix + rest;
}

/** The target that is sent on: path and query. */
export function rewrittenTarget(
  rewrite: Rewrite | undefined,
  target: string,
  matched: MatchedPath | undefined,
  asked: Oracle,
): string {
  if (rewrite?.prefix === undefined && rewrite?.template === undefined) return target;
  const [path = "", ...query] = target.split("?");
  const groups = matched?.kind === "template" ? matched.groups : {};
  const own =
    rewrite.template === undefined
      ? replacedPrefix(path, rewrite.prefix!, matched, asked)
      : (filled(rewrite.template, groups) ?? path);
  return [own, ...query].join("?");
}

/** What of a path counts as the prefix where the rule names it by a template, no page says (fact U13). */
export function openPrefix(
  { prefix, by }: { readonly prefix?: string; readonly by: Provenance },
  matched: MatchedPath | undefined,
): Unknown[] {
  if (prefix === undefined || matched?.kind !== "template") return [];
  const reason = `puts ${prefix} in the place of a prefix, and the rule names the path by a template (U13)`;
  return [{ kind: "unknown", reason, affects: "request", by }];
}

/** A template with a variable that no match gives a value to (fact U13). */
export function rewriteProblems(rewrite: Rewrite | undefined, matched: MatchedPath | undefined): Problem[] {
  if (rewrite?.template === undefined) return [];
  if (matched?.kind === "template" && filled(rewrite.template, matched.groups) !== undefined) return [];
  const reason = `${rewrite.template} rewrites by variables that the matched path does not name`;
  return [{ reason, found: "apply", fact: "U13", by: rewrite.by }];
}

/**
 * Writes the new host, and where the request came for (facts H28, U22); the classic balancer does not say that (H4c). A
 * custom header of the host beside it leaves open which of the two has the last word.
 */
export function applyRewrite(
  flow: HeaderFlow,
  rewrite: Rewrite | undefined,
  { request, product, asked }: Pick<Journey, "request" | "product" | "asked">,
): Unknown[] {
  if (rewrite === undefined) return [];
  const { by } = rewrite;
  const act = (effect: string, fact: string): StagedAct => ({ ...by, effect, fact, stage: "proxy" });
  const isContested = rewrite.host !== undefined && flow.isWritten("host");
  if (rewrite.host !== undefined) flow.replace("host", rewrite.host, act("rewrites the host", "H28"));
  const added = {
    "x-client-request-url": `${request.scheme}://${hostOf(request)}${request.target}`,
    "x-envoy-original-path": request.target,
  };
  for (const [name, value] of product === "classic" ? [] : Object.entries(added))
    if (adds(name, flow, asked)) flow.replace(name, value, act("keeps what the client asked for", "H4c"));
  const reason = "a rewrite and a custom header both write the host; which of them has the last word is open (H28)";
  return isContested ? [{ kind: "unknown", reason, affects: "headers", header: "host", by }] : [];
}
