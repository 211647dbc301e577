import { answerItself } from "./route-action.ts";
import { flag, known, many, one, referred, resource } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Front } from "./front.ts";
import { EVERYTHING, matchOf } from "./matches.ts";
import type { Matched } from "./matches.ts";
import { otherPrefix } from "./rewrite.ts";
import { Stop, cannotTell } from "./types.ts";
import type { Ask } from "./types.ts";

/** Where a request goes, what is written anew on the way, and the header actions from narrow to broad (U2). */
export interface Route {
  readonly backend: Plain;
  /** Terraform address. */
  readonly address: string;
  readonly levels: readonly Plain[];
  readonly action: Plain;
  readonly matched: Matched;
  /** Of the services among which chance has chosen this one. */
  readonly weights: readonly number[] | undefined;
}

interface At {
  readonly terraform: Plain;
  readonly front: Front;
  readonly ask: Ask;
}

/** Stage 3: rows A11 to A14. */
export function route(terraform: Plain, urlMap: Plain, front: Front, ask: Ask): Route {
  const at = { terraform, front, ask };
  const matcher = ask.on("U11 host") ? matcherOf(urlMap, front, ask) : undefined;
  if (matcher === undefined) return destination(urlMap, "default_", { levels: [urlMap], matched: EVERYTHING }, at);
  const levels = [matcher, urlMap];
  const rules = many(matcher, "route_rules");
  if (rules.length > 0 && front.balancer === "classic" && ask.on("U9 classic")) ask.refused("U9");
  if (rules.length > 0 && many(matcher, "path_rule").length > 0) ask.refused("U13");
  if (ask.on("U13 priority")) rules.sort((a, b) => Number(known(a.priority, "U13")) - Number(known(b.priority, "U13")));
  for (const rule of rules) {
    const matched = matchOf(rule, front, ask);
    if (matched !== undefined) return destination(rule, "", { levels: [rule, ...levels], matched }, at);
  }
  const found = pathRuleOf(matcher, front.matchPath, ask);
  if (found !== undefined) return destination(found.rule, "", { levels, matched: found.matched }, at);
  return destination(matcher, "default_", { levels, matched: EVERYTHING }, at);
}

/** U11: an exact host before a pattern; H24: classic ignores a port, and what it does elsewhere is not known. */
function matcherOf(urlMap: Plain, { host, balancer }: Front, ask: Ask): Plain {
  const found = findHostRule(urlMap, host.replace(/:\d*$/, ""), ask);
  const isPortSeen = balancer !== "classic" && /:\d*$/.test(host);
  if (isPortSeen && findHostRule(urlMap, host, ask) !== found) cannotTell("H24");
  if (found === undefined) return undefined;
  return (
    many(urlMap, "path_matcher").find(({ name }) => name === found.path_matcher) ?? (cannotTell("U11") as undefined)
  );
}

/** Of several patterns the longest, as of several prefixes of a path. */
function findHostRule(urlMap: Plain, host: string, { on }: Ask): Plain {
  let best: { rule: Plain; length: number } | undefined;
  for (const rule of many(urlMap, "host_rule")) {
    for (const written of many(rule, "hosts")) {
      const name = known(written, "U11").toLowerCase();
      if (name === host) return rule;
      if (!name.startsWith("*") || !on("U11 wildcard") || !host.endsWith(name.slice(1))) continue;
      const star = host.slice(0, host.length - name.length + 1);
      if (/^[a-z0-9.-]*$/.test(star) && name.length > (best?.length ?? 0)) best = { rule, length: name.length };
    }
  }
  return best?.rule;
}

/** U12: the exact path, then the longest `/*`. */
function pathRuleOf(matcher: Plain, path: string, { on }: Ask): { rule: Plain; matched: Matched } | undefined {
  let best: { rule: Plain; length: number } | undefined;
  for (const rule of many(matcher, "path_rule")) {
    for (const written of many(rule, "paths")) {
      const pattern = known(written, "U12");
      if (pattern === path) return { rule, matched: { kind: "whole" } };
      if (!pattern.endsWith("/*")) continue;
      const stem = pattern.slice(0, on("U12 wildcard path") ? -1 : -2);
      const isBetter = best === undefined || stem.length > best.length === on("U12 longest");
      if (path.startsWith(stem) && isBetter) best = { rule, length: stem.length };
    }
  }
  return best && { rule: best.rule, matched: { kind: "folder", length: best.length } };
}

interface Found {
  readonly levels: readonly Plain[];
  readonly matched: Matched;
}

/** What a URL map, path matcher or rule does with the request; `prefix` is that of its attributes. */
function destination(block: Plain, prefix: string, { levels, matched }: Found, at: At): Route {
  const { front, ask } = at;
  const redirect = one(block, `${prefix}url_redirect`);
  if (redirect !== undefined && ask.on("U21 redirect")) return redirected(redirect, matched, front, ask);
  const action = one(block, `${prefix}route_action`) ?? {};
  const others = Object.keys(action).filter((name) => name !== "url_rewrite");
  if (others.length > 0 && front.balancer === "classic" && ask.on("U9 classic")) ask.refused("U9");
  answerItself(action, front, ask);
  const choices = many(action, "weighted_backend_services");
  if (choices.length === 0) {
    const reference = block[`${prefix}service`];
    return { ...backendAt(reference, at), levels, action, matched, weights: undefined };
  }
  const { chosen, weights } = choose(choices, ask);
  return { ...backendAt(chosen.backend_service, at), levels: [chosen, ...levels], action, matched, weights };
}

/** U20: each new request falls to one of the services, by their weights. */
function choose(choices: readonly Plain[], { request, on }: Ask): { chosen: Plain; weights: number[] } {
  const possible = choices.filter(({ weight }) => Number(known(weight, "U20")) > 0);
  const weights = possible.map(({ weight }) => Number(weight));
  let left = (request.draw ?? 0) * weights.reduce((sum, weight) => sum + weight, 0);
  const at = on("U20 weights") ? weights.findIndex((weight) => (left -= weight) < 0) : 0;
  return { chosen: possible[at] ?? cannotTell("U20"), weights };
}

const REDIRECTS: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** U21 */
function redirected(redirect: Plain, matched: Matched, front: Front, ask: Ask): never {
  const status = REDIRECTS[known(redirect.redirect_response_code ?? "MOVED_PERMANENTLY_DEFAULT", "U21")];
  if (status === undefined) return cannotTell("U21");
  const scheme = flag(redirect.https_redirect ?? false, "U21") ? "https" : ask.request.scheme;
  const host = redirect.host_redirect === undefined ? front.writtenHost : known(redirect.host_redirect, "U21");
  const path = redirectedPath(redirect, matched, front, ask);
  const rest = flag(redirect.strip_query ?? false, "U21") ? "" : front.query;
  throw new Stop({ kind: "redirect", status, location: `${scheme}://${host}${path}${rest}` });
}

function redirectedPath(redirect: Plain, matched: Matched, { matchPath }: Front, ask: Ask): string {
  if (redirect.path_redirect !== undefined) return known(redirect.path_redirect, "U21");
  if (redirect.prefix_redirect === undefined) return matchPath;
  return otherPrefix(matchPath, known(redirect.prefix_redirect, "U21"), matched, ask);
}

/** The backend service and its address. */
function backendAt(reference: unknown, { terraform, front }: At): Pick<Route, "backend" | "address"> {
  const type =
    front.balancer === "regional" ? "google_compute_region_backend_service" : "google_compute_backend_service";
  const name = referred(reference, type);
  return { backend: resource(terraform, type, name) ?? cannotTell("A12"), address: `${type}.${name}` };
}
