import { attribute, blocks, knownText } from "../../../terraform/graph.ts";
import type { Resource } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Located } from "../define-rule.ts";
import { URL_MAPS, resourcesOf } from "../reading.ts";

export const unreachablePathMatcher = defineStaticRule({
  id: "unreachable-path-matcher",
  title: "a path matcher that no host rule names",
  severity: "warning",
  found: "run",
  because: "Requests come to a path matcher by a host rule alone; without one its rules and header actions do nothing.",
  fix: "Add a `host_rule` with the hosts that it is for, or delete it.",
  sources: ["U11"],
  check: ({ graph }) => resourcesOf(graph, URL_MAPS).flatMap(unnamed),
});

function unnamed({ address, body }: Resource): Located[] {
  const named = blocks(body, "host_rule").map((rule) => knownText(attribute(rule, "path_matcher")));
  // A host rule of which that cannot be read may name any.
  if (named.includes(undefined)) return [];
  return blocks(body, "path_matcher").flatMap((matcher) => {
    const name = knownText(attribute(matcher, "name"));
    return name === undefined || named.includes(name)
      ? []
      : [found(matcher.by, `no host rule of ${address} names the path matcher ${name}`)];
  });
}
