import { flag, known, many, one, referred, resource } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import type { Front } from "./front.ts";
import { Stop, cannotTell } from "./types.ts";
import type { Ask, Line } from "./types.ts";

/** Where a request goes, and the header actions on its way from the narrowest level to the broadest (U2). */
export interface Route {
  readonly backendName: string;
  readonly levels: readonly Plain[];
}

/** Stage 3: rows A11 to A14. */
export function route(urlMap: Plain, front: Front, ask: Ask): Route {
  const matcher = ask.on("U11 host") ? matcherOf(urlMap, front.host) : undefined;
  if (matcher === undefined) return destination(urlMap, "default_", [urlMap], { front, ask });
  const rules = many(matcher, "route_rules");
  if (ask.on("U13 priority")) rules.sort((a, b) => Number(known(a.priority, "U13")) - Number(known(b.priority, "U13")));
  for (const rule of rules) {
    if (!many(rule, "match_rules").some((match) => matches(match, front, ask))) continue;
    return destination(rule, "", [rule, matcher, urlMap], { front, ask });
  }
  const rule = pathRuleOf(matcher, front.matchPath, ask);
  if (rule !== undefined) return destination(rule, "", [matcher, urlMap], { front, ask });
  return destination(matcher, "default_", [matcher, urlMap], { front, ask });
}

/** U11: an exact host before a pattern; H24: what a port does here is not known. */
function matcherOf(urlMap: Plain, host: string): Plain {
  const found = findHostRule(urlMap, host.replace(/:\d*$/, ""));
  // The certificate's stage needs the name alone; a rule for `host:port` would say what is meant.
  if (/:\d*$/.test(host) && findHostRule(urlMap, host) !== found) cannotTell("H24");
  if (found === undefined) return undefined;
  return (
    many(urlMap, "path_matcher").find(({ name }) => name === found.path_matcher) ?? (cannotTell("U11") as undefined)
  );
}

function findHostRule(urlMap: Plain, host: string): Plain {
  const rules = many(urlMap, "host_rule");
  const has = (rule: Plain, wanted: (name: string) => boolean): boolean =>
    many(rule, "hosts").some((name) => wanted(known(name, "U11").toLowerCase()));
  const patterns = rules.filter((rule) =>
    has(rule, (name) => name.startsWith("*") && host.endsWith(name.slice(1)) && /^[a-z0-9.:-]*$/.test(host)),
  );
  if (patterns.length > 1) cannotTell("U11");
  return rules.find((rule) => has(rule, (name) => name === host)) ?? patterns[0];
}

/** U13, U15: the predicates of one match rule all hold. */
function matches(match: Plain, { matchPath, lines }: Front, { on, request }: Ask): boolean {
  const fold = (value: string): string => (flag(match.ignore_case ?? false, "U13") ? value.toLowerCase() : value);
  if (match.regex_match !== undefined || match.path_template_match !== undefined) cannotTell("U13", "U14");
  if (match.full_path_match !== undefined) {
    const wanted = fold(known(match.full_path_match, "U13"));
    if (on("U13 exact path") ? fold(matchPath) !== wanted : !fold(matchPath).startsWith(wanted)) return false;
  }
  if (match.prefix_match !== undefined && !fold(matchPath).startsWith(fold(known(match.prefix_match, "U13"))))
    return false;
  if (many(match, "query_parameter_matches").length > 0) cannotTell("U13");
  return many(match, "header_matches").every((header) => headerMatches(header, lines, request.method));
}

/** U15: on what the client sent. */
function headerMatches(header: Plain, lines: readonly Line[], method: string): boolean {
  const name = known(header.header_name, "U15").toLowerCase();
  if (["upgrade", "connection"].includes(name)) cannotTell("U15", "Q6");
  const values = name === ":method" ? [method] : lines.filter(([own]) => own === name).map(([, value]) => value);
  if (header.regex_match !== undefined || header.range_match !== undefined) cannotTell("U14");
  if (values.length > 1) cannotTell("H13");
  const [value] = values;
  let holds = value !== undefined;
  if (header.present_match !== undefined) holds = (value !== undefined) === flag(header.present_match, "U15");
  if (header.exact_match !== undefined) holds = value === known(header.exact_match, "U15");
  if (header.prefix_match !== undefined) holds = (value ?? "").startsWith(known(header.prefix_match, "U15"));
  if (header.suffix_match !== undefined) holds = (value ?? "").endsWith(known(header.suffix_match, "U15"));
  return holds !== flag(header.invert_match ?? false, "U15");
}

/** U12: the exact path, then the longest `/*`. */
function pathRuleOf(matcher: Plain, path: string, { on }: Ask): Plain {
  let best: { rule: Plain; length: number } | undefined;
  for (const rule of many(matcher, "path_rule")) {
    for (const written of many(rule, "paths")) {
      const pattern = known(written, "U12");
      if (pattern === path) return rule;
      if (!pattern.endsWith("/*")) continue;
      const stem = pattern.slice(0, on("U12 wildcard path") ? -1 : -2);
      if (path.startsWith(stem) && stem.length > (best?.length ?? -1)) best = { rule, length: stem.length };
    }
  }
  return best?.rule;
}

interface At {
  readonly front: Front;
  readonly ask: Ask;
}

/** What a URL map, path matcher or rule does with the request; `prefix` is that of its attributes. */
function destination(at: Plain, prefix: string, levels: readonly Plain[], { front, ask }: At): Route {
  const redirect = one(at, `${prefix}url_redirect`);
  if (redirect !== undefined && ask.on("U21 redirect")) return redirected(redirect, front, ask);
  if (one(at, `${prefix}route_action`) !== undefined) cannotTell("U18", "U20", "U22");
  const backendName = referred(at[`${prefix}service`], "google_compute_backend_service");
  return backendName === undefined ? cannotTell("A12") : { backendName, levels };
}

const REDIRECTS: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY_DEFAULT: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** U21 */
function redirected(redirect: Plain, { writtenHost, matchPath, query }: Front, { request }: Ask): never {
  for (const name of ["host_redirect", "path_redirect", "prefix_redirect"])
    if (redirect[name] !== undefined) cannotTell("U21");
  const status = REDIRECTS[known(redirect.redirect_response_code ?? "MOVED_PERMANENTLY_DEFAULT", "U21")];
  if (status === undefined) return cannotTell("U21");
  const scheme = flag(redirect.https_redirect ?? false, "U21") ? "https" : request.scheme;
  const rest = flag(redirect.strip_query ?? false, "U21") ? "" : query;
  throw new Stop({ kind: "redirect", status, location: `${scheme}://${writtenHost}${matchPath}${rest}` });
}

/** The backend service and its name. */
export function backendAt(terraform: Plain, name: string): Plain {
  return resource(terraform, "google_compute_backend_service", name) ?? cannotTell("A12");
}
