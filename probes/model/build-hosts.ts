import type { Problem } from "../facts/provenance.ts";
import { attribute, blocks, knownText, missing } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { Findings } from "./findings.ts";
import { indexHosts } from "./host-index.ts";
import { repeatedHosts } from "./map-problems.ts";
import { readText } from "./partial-text.ts";
import type { PartialText } from "./partial-text.ts";
import type { HostIndex, HostRule, PathMatcher, UnreadHost } from "./url-map.ts";

/** A path matcher, and the block that it is built from. */
export interface NamedMatcher {
  readonly block: Value;
  readonly matcher: PathMatcher;
}

/** The host rules of a map (fact U11). A host that cannot be read matters for those alone that it may name. */
export function buildHosts(
  map: Value,
  matchers: readonly NamedMatcher[],
  found: Findings,
): { hosts: HostRule[]; index: HostIndex } {
  const named = byName(matchers);
  const hosts: HostRule[] = [];
  const unread: UnreadHost[] = [];
  for (const rule of blocks(map, "host_rule")) {
    found.unknowns.push(...unheardOf(rule, "hostRule", { problems: found.problems }));
    const matcher = matcherOf(rule, matchers, named, found.problems);
    for (const item of hostItems(rule, found)) {
      const text = readText(item);
      if (text.kind === "partial") {
        unread.push({ rule: { host: wording(text), matcher, by: item.by }, text });
        continue;
      }
      const problem = hostProblem(text.value, item.by);
      if (problem !== undefined) found.problems.push(problem);
      hosts.push({ host: text.value.toLowerCase(), matcher, by: item.by });
    }
  }
  found.problems.push(...repeatedHosts(hosts));
  return { hosts, index: indexHosts(hosts, unread) };
}

function hostItems(rule: Value, found: Findings): readonly Value[] {
  const hosts = attribute(rule, "hosts");
  if (hosts === undefined) {
    found.unknowns.push(missing(rule, "hosts"));
    return [];
  }
  return hosts.kind === "list" ? hosts.items : [hosts];
}

function wording({ starts, ends }: PartialText): string {
  return `${starts}…${ends}`;
}

/** A star stands first, and before nothing, a dot or a hyphen (fact U11). */
function hostProblem(host: string, by: Value["by"]): Problem | undefined {
  const isGood = !host.includes("*") || /^\*($|[.-])[^*]*$/.test(host);
  return isGood ? undefined : { reason: `${host} is no host pattern`, found: "apply", fact: "U11", by };
}

/** Matchers by their name; one of a name that stands for several is none. */
function byName(matchers: readonly NamedMatcher[]): ReadonlyMap<string, PathMatcher | undefined> {
  const named = new Map<string, PathMatcher | undefined>();
  for (const { block, matcher } of matchers) {
    const name = nameOf(attribute(block, "name"));
    if (name !== undefined) named.set(name, named.has(name) ? undefined : matcher);
  }
  return named;
}

/** A name that is known, or the expression that makes it: the same one makes the same name. */
function nameOf(value: Value | undefined): string | undefined {
  const text = knownText(value);
  if (text !== undefined) return `the name ${text}`;
  if (value?.kind === "reference") return `the value of ${value.address}.${value.attribute}`;
  const expression = value?.kind === "template" || value?.kind === "unknown" ? value.expression : undefined;
  // What differs from one instance or one evaluation to the next is not the same twice.
  const isFixed = expression !== undefined && !/\b(each|count|self)\.|\.(key|value)\b|\(/.test(expression);
  return isFixed ? `the value of ${expression}` : undefined;
}

function matcherOf(
  rule: Value,
  matchers: readonly NamedMatcher[],
  named: ReadonlyMap<string, PathMatcher | undefined>,
  problems: Problem[],
): HostRule["matcher"] {
  const written = attribute(rule, "path_matcher");
  const name = nameOf(written);
  const found = name === undefined ? undefined : named.get(name);
  if (found !== undefined) return found;
  const wanted = knownText(written);
  const isReadable = wanted !== undefined && matchers.every(({ block }) => knownText(attribute(block, "name")));
  const unread = missing(rule, `path_matcher ${wanted ?? "(unreadable)"}`);
  if (written === undefined || isReadable) {
    const reason = `no path_matcher of this URL map is called ${wanted ?? "so"}: a host rule needs one`;
    problems.push({ reason, found: "apply", fact: "U11", by: (written ?? rule).by });
    return unread;
  }
  // Google refuses a host rule without its path matcher, so that the only one is the one that is meant.
  const [only, another] = matchers;
  return only !== undefined && another === undefined ? only.matcher : unread;
}
