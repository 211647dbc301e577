import { attribute, blocks, knownText, resourcesOfType } from "../terraform/graph.ts";
import type { ResourceGraph, Value } from "../terraform/graph.ts";

/** A host that a URL map names, with the paths that it tells apart there. */
export interface NamedHost {
  /** As a host rule or a certificate writes it; `*` where the map names none. */
  readonly pattern: string;
  /** A host that the pattern covers. */
  readonly host: string;
  readonly paths: readonly NamedPath[];
}

/** `/ws` alone, or what is below `/ws/*`; a template or pattern that no such form says stands as it is written. */
export interface NamedPath {
  readonly form: string;
  /** A path that the form covers. */
  readonly path: string;
  readonly isForm: boolean;
}

/** Stands for the label of a wildcard, and for a name below a path. */
const ANY = "any";

/** Every host and path that the URL maps of a configuration tell apart; `/*` is always among the paths. */
export function namedPlaces(graph: ResourceGraph): NamedHost[] {
  const maps = ["google_compute_url_map", "google_compute_region_url_map"].flatMap((type) =>
    resourcesOfType(graph, type),
  );
  const hosts = new Map<string, NamedPath[]>();
  for (const { body } of maps) {
    const matchers = blocks(body, "path_matcher");
    for (const rule of blocks(body, "host_rule")) {
      const wanted = knownText(attribute(rule, "path_matcher"));
      const matcher = matchers.find((each) => knownText(attribute(each, "name")) === wanted);
      const paths = matcher === undefined ? [] : pathsOf(matcher);
      for (const pattern of texts(attribute(rule, "hosts")))
        hosts.set(pattern.toLowerCase(), [...(hosts.get(pattern.toLowerCase()) ?? []), ...paths]);
    }
  }
  // A map without host rules serves every name that there is a certificate for.
  if (hosts.size === 0 && maps.length > 0) for (const name of certificateNames(graph)) hosts.set(name, []);
  if (hosts.size === 0 && maps.length > 0) hosts.set("*", []);
  return [...hosts].map(([pattern, paths]) => ({ pattern, host: hostFor(pattern), paths: distinct(paths) }));
}

function hostFor(pattern: string): string {
  if (pattern === "*") return "example.com";
  return pattern.replace(/^\*/, ANY).replace(/:.*$/, "");
}

function distinct(paths: readonly NamedPath[]): NamedPath[] {
  const all = [...paths, below("/")];
  return all.filter(({ form }, index) => all.findIndex((each) => each.form === form) === index);
}

function pathsOf(matcher: Value): NamedPath[] {
  const rules = blocks(matcher, "path_rule").flatMap((rule) => texts(attribute(rule, "paths")).map(formed));
  const routes = blocks(matcher, "route_rules").flatMap((rule) =>
    blocks(rule, "match_rules").flatMap((match) => [
      ...named(match, "full_path_match", exact),
      ...named(match, "prefix_match", prefixed),
      ...named(match, "path_template_match", unformed),
      ...named(match, "regex_match", unformed),
    ]),
  );
  return [...rules, ...routes];
}

function named(match: Value, name: string, make: (text: string) => NamedPath | readonly NamedPath[]): NamedPath[] {
  const text = knownText(attribute(match, name));
  return text === undefined || text === "" ? [] : [make(text)].flat();
}

function formed(text: string): NamedPath {
  return text.endsWith("/*") ? below(text.slice(0, -1)) : exact(text);
}

/** A prefix that ends within a name covers the name itself, and what is below it. */
function prefixed(text: string): NamedPath[] {
  return text.endsWith("/") ? [below(text)] : [exact(text), below(`${text}/`)];
}

function exact(text: string): NamedPath {
  return { form: text, path: text, isForm: !text.includes("*") };
}

function below(folder: string): NamedPath {
  return { form: `${folder}*`, path: `${folder}${ANY}`, isForm: !folder.includes("*") };
}

/** A path that a template covers: each variable is a name. */
function unformed(text: string): NamedPath {
  const path = text.replace(/\{[^}]*\}/g, ANY).replace(/\*+/g, ANY);
  return { form: text, path, isForm: false };
}

function certificateNames(graph: ResourceGraph): string[] {
  const managed = resourcesOfType(graph, "google_compute_managed_ssl_certificate");
  return managed.flatMap(({ body }) => blocks(body, "managed").flatMap((block) => texts(attribute(block, "domains"))));
}

function texts(value: Value | undefined): string[] {
  const items = value === undefined ? [] : value.kind === "list" ? value.items : [value];
  return items.flatMap((item) => knownText(item) ?? []);
}
