import { attribute, blocks, knownText } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { socketWays } from "../sockets.ts";
import { firstInFile, mapsOf, sampleOf } from "../ways.ts";

export const socketRouteUntested = defineStaticRule({
  id: "socket-route-untested",
  title: "a map with tests, and none for its sockets",
  severity: "note",
  found: "run",
  because:
    "Google applies a map only if its `test` blocks hold; a change that sends handshakes elsewhere is refused only where one asks for their path.",
  fix: "Add a `test` block with the socket's host, path and service.",
  sources: ["U16"],
  check: (subject) =>
    mapsOf(subject.edges).flatMap((map) => {
      const ways = socketWays(subject).filter((way) => way.map === map && !isDefault(way));
      const paths = testedPaths(map.address, subject);
      const isTested = ways.some(({ path }) => paths?.some((each) => each === sampleOf(path) || isBelow(each, path)));
      const first = firstInFile(ways.map(({ by }) => by));
      if (paths === undefined || isTested || first === undefined) return [];
      return [found(first, `${map.address} has ${paths.length} tests, and none of ${ways[0]!.path}`)];
    }),
});

function isDefault({ route, matcher }: ReturnType<typeof socketWays>[number]): boolean {
  return route === matcher?.fallback;
}

function isBelow(path: string, form: string): boolean {
  return path.startsWith(form.replace(/\*$/, ""));
}

/** Undefined where a map has no tests, or one of a path that cannot be read. */
function testedPaths(address: string, { graph }: Subject): readonly string[] | undefined {
  const body = graph.resources.get(address)?.body;
  const tests = body === undefined ? [] : blocks(body, "test");
  const paths = tests.map((test) => knownText(attribute(test, "path")));
  const known = paths.filter((path) => path !== undefined);
  return tests.length === 0 || known.length < tests.length ? undefined : known;
}
