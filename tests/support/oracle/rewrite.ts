import { known, one } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Front } from "./front.ts";
import type { Flow } from "./headers.ts";
import type { Matched } from "./matches.ts";
import { cannotTell } from "./types.ts";
import type { Ask } from "./types.ts";

/** A path with another prefix in place of the part that the rule names (U12, U22). */
export function otherPrefix(path: string, prefix: string, matched: Matched, { reads }: Ask): string {
  if (matched.kind === "whole") return prefix;
  if (matched.kind === "template") return cannotTell("U13");
  const rest = path.slice(matched.length);
  const keepsSlash = matched.kind === "folder" && reads("folder-of-a-path-rule", "kept") === "kept";
  return keepsSlash && !prefix.endsWith("/") ? `${prefix}/${rest}` : `${prefix}${rest}`;
}

/** U13: a rewrite by template names the variables of the template that has matched. */
export function checkTemplate(action: Plain, matched: Matched, ask: Ask): void {
  const template: unknown = one(action, "url_rewrite")?.path_template_rewrite;
  if (template === undefined) return;
  const names = [...known(template, "U13").matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  if (matched.kind !== "template" || names.some((name) => matched.variables[name] === undefined)) ask.refused("U13");
}

/** The target that is sent on: path and query. */
export function targetOf(action: Plain, front: Front, matched: Matched, ask: Ask): string {
  const rewrite = one(action, "url_rewrite");
  const path =
    rewrite === undefined || !ask.on("U22 rewrite") ? front.sendPath : otherPath(rewrite, front, matched, ask);
  return `${path}${front.query}`;
}

function otherPath(rewrite: Plain, { sendPath }: Front, matched: Matched, ask: Ask): string {
  if (rewrite.path_template_rewrite !== undefined) {
    const { variables } = matched.kind === "template" ? matched : { variables: {} as Readonly<Record<string, string>> };
    return known(rewrite.path_template_rewrite, "U13").replace(/\{(\w+)\}/g, (_, name: string) => {
      return variables[name] ?? "";
    });
  }
  if (rewrite.path_prefix_rewrite === undefined) return sendPath;
  return otherPrefix(sendPath, known(rewrite.path_prefix_rewrite, "U22"), matched, ask);
}

/** Stage 8, rows A40 and A41: another host, and where the request came for; classic does not say that. */
export function applyRewrite(action: Plain, flow: Flow, { balancer }: Front, { request, on }: Ask): void {
  const rewrite = one(action, "url_rewrite");
  if (rewrite === undefined || !on("U22 rewrite")) return;
  const host = request.headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  if (rewrite.host_rewrite !== undefined) {
    // H28 names a rewrite and a custom header; which of the two has the last word, it does not say.
    if (flow.custom.has("host")) flow.open.add("host");
    put(flow, "host", known(rewrite.host_rewrite, "H28"));
  }
  if (balancer === "classic") return;
  const added = [
    ["x-client-request-url", `${request.scheme}://${host}${request.target}`],
    ["x-envoy-original-path", request.target],
  ] as const;
  for (const [name, value] of added) if (!flow.custom.has(name)) put(flow, name, value);
}

function put(flow: Flow, name: string, value: string): void {
  flow.lines = [...flow.lines.filter(([own]) => own !== name), [name, value]];
}
