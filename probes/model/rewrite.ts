import type { Problem, StagedAct } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Product } from "./edge-model.ts";
import type { HeaderFlow } from "./flow.ts";
import { filled } from "./path-template.ts";
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

/** A template with a variable that no match gives a value to (fact U13). */
export function rewriteProblems(rewrite: Rewrite | undefined, matched: MatchedPath | undefined): Problem[] {
  if (rewrite?.template === undefined) return [];
  if (matched?.kind === "template" && filled(rewrite.template, matched.groups) !== undefined) return [];
  const reason = `${rewrite.template} rewrites by variables that the matched path does not name`;
  return [{ reason, found: "apply", fact: "U13", by: rewrite.by }];
}

/** Writes the new host, and where the request came for (facts H28, U22); the classic balancer does not say that (H4c). */
export function applyRewrite(
  flow: HeaderFlow,
  rewrite: Rewrite | undefined,
  { request, product }: { readonly request: EdgeRequest; readonly product: Product },
): void {
  if (rewrite === undefined) return;
  const act = (effect: string, fact: string): StagedAct => ({ ...rewrite.by, effect, fact, stage: "proxy" });
  const host = flow.values("host")[0] ?? "";
  if (rewrite.host !== undefined) flow.replace("host", rewrite.host, act("rewrites the host", "H28"));
  if (product === "classic") return;
  flow.replace(
    "x-client-request-url",
    `${request.scheme}://${host}${request.target}`,
    act("keeps the URL that the client asked for", "H4c"),
  );
  flow.replace("x-envoy-original-path", request.target, act("keeps the path that the client asked for", "H4c"));
}
