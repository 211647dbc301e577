import type { Provenance } from "../../facts/provenance.ts";
import type { EdgeModel } from "../../model/edge-model.ts";
import { pathEntryFor } from "../../model/path-index.ts";
import { pathAlone } from "../../model/predicates.ts";
import type {
  HostRule,
  PathMatcher,
  PathPredicate,
  Route,
  RouteMatch,
  RouteRule,
  UrlMap,
} from "../../model/url-map.ts";

/** The URL maps of some edges, each once. */
export function mapsOf(edges: readonly EdgeModel[]): UrlMap[] {
  const maps = edges.flatMap(({ listeners }) =>
    listeners.flatMap(({ urlMap }) => ("reason" in urlMap ? [] : [urlMap])),
  );
  return [...new Map(maps.map((map) => [map.address, map])).values()];
}

/** A host of a map, its path matcher, and the path forms that are written there. */
export interface Place {
  readonly host: string;
  readonly rule: HostRule;
  readonly matcher: PathMatcher;
  readonly forms: readonly string[];
}

/** Every host that a map names, as far as it can be read. */
export function placesIn(map: UrlMap): Place[] {
  const known = new Map<PathMatcher, readonly string[]>();
  return map.hosts.flatMap((rule) => {
    const { matcher, host } = rule;
    if ("reason" in matcher) return [];
    const forms = known.get(matcher) ?? formsIn(matcher);
    known.set(matcher, forms);
    return [{ host, rule, matcher, forms }];
  });
}

/** Every rule of a matcher once, and its default. */
export function routesOf({ fallback, rules, paths }: PathMatcher): Route[] {
  const repeated = [...paths.repeated.values()].flat();
  const entries = [...paths.exact.values(), ...paths.prefix.values(), ...repeated, ...paths.unread];
  return [...new Set<Route>([fallback, ...rules, ...entries.map(({ rule }) => rule)])];
}

/** The path forms of a matcher: `/ws`, `/ws/*`, a prefix, a template or a pattern as it is written. */
export function formsIn({ paths, rules }: PathMatcher): string[] {
  const written = [
    ...[...paths.exact.values()].map(({ path }) => path),
    ...[...paths.prefix.values()].map(({ path }) => `${path}*`),
    ...rules.flatMap(({ matches }) =>
      matches.flatMap((match) => ("reason" in match ? [] : (formOf(match.path) ?? []))),
    ),
  ];
  return [...new Set(written)];
}

/** A predicate on a path as the text that stands in the configuration; none of one that cannot be read in full. */
export function formOf(path: PathPredicate | undefined): string | undefined {
  return path === undefined || path.kind === "partial" ? undefined : path.path;
}

/** Stands for a name below a path. */
const ANY = "any";

/** A path that a form covers. */
export function sampleOf(form: string): string {
  const path = form
    .replace(/\{[^}]*\}/g, ANY)
    .replace(/\(.*\)[?*]?|\.\*|\[[^\]]*\][*+]?/g, "")
    .replace(/[?^$\\]/g, "");
  return path.replace(/\*+/g, ANY);
}

/** A rule or default that may take a request, and the line that says so. */
export interface Opening {
  readonly route: Route;
  readonly match: RouteMatch | undefined;
  readonly by: Provenance;
}

/**
 * The rules and defaults of a path matcher, or of a map, that a request for a path may come to: route rules that ask for
 * more than the path, up to the first that asks for nothing else.
 */
export function openings(matcher: PathMatcher | UrlMap, form: string): Opening[] {
  const byDefault: Opening = { route: matcher.fallback, match: undefined, by: matcher.fallback.by };
  if (!("paths" in matcher)) return [byDefault];
  const path = sampleOf(form);
  if (matcher.rules.length === 0) {
    const entry = pathEntryFor(matcher.paths, path);
    return entry === undefined ? [byDefault] : [{ route: entry.rule, match: undefined, by: entry.by }];
  }
  const found: Opening[] = [];
  for (const rule of matcher.rules)
    for (const match of rule.matches) {
      if ("reason" in match || !covers(match, form, path)) continue;
      found.push({ route: rule, match, by: match.path?.by ?? match.by });
      if (isByPathAlone(match) && rule.unplaced === undefined) return found;
    }
  return [...found, byDefault];
}

/** Whether an opening is for whatever no other rule names. */
export function takesAll({ route, match }: Opening, { fallback, paths }: PathMatcher): boolean {
  return route === fallback || formOf(match?.path) === "/" || paths.prefix.get("/")?.rule === route;
}

function covers({ path }: RouteMatch, form: string, sample: string): boolean {
  if (path === undefined || formOf(path) === form) return true;
  return pathAlone(path, sample);
}

/** Whether a request that meets the path meets all. */
export function isByPathAlone({ headers, query, open }: RouteMatch): boolean {
  return headers.length + query.length + open.length === 0;
}

/** An alternative of a route rule, and where it stands. */
export interface PlacedMatch {
  readonly matcher: PathMatcher;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
}

/** Every alternative of every route rule of a map, as far as it can be read. */
export function matchesIn(map: UrlMap): PlacedMatch[] {
  return matchersOf(map).flatMap((matcher) =>
    matcher.rules.flatMap((rule) =>
      rule.matches.flatMap((match) => ("reason" in match ? [] : [{ matcher, rule, match }])),
    ),
  );
}

/** The path matchers that host rules name, each once. */
export function matchersOf({ hosts }: UrlMap): PathMatcher[] {
  return [...new Set(hosts.flatMap(({ matcher }) => ("reason" in matcher ? [] : [matcher])))];
}

/** The place that stands first, file by file. */
export function firstInFile(places: readonly Provenance[]): Provenance | undefined {
  const [first, ...others] = places;
  return others.reduce((found, place) => (found === undefined || isBefore(place, found) ? place : found), first);
}

function isBefore(place: Provenance, other: Provenance): boolean {
  if (place.file !== other.file) return place.file < other.file;
  return place.line - other.line < 0 || (place.line === other.line && place.column < other.column);
}
