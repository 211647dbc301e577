import { attribute, blocks, knownText } from "../../../terraform/graph.ts";
import type { Value } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { isSame } from "../levels.ts";
import { mapsOf, matchesIn } from "../ways.ts";

export const testOnlySendsHeaders = defineStaticRule({
  id: "test-only-sends-headers",
  title: "a map's test with headers that nothing looks at",
  severity: "note",
  found: "run",
  because:
    "A `test` sends its headers and holds the service and the URL against what is expected: it passes whatever becomes of the headers.",
  fix: "Leave the headers out of the test, and let a probe tell whether they arrive.",
  sources: ["U16"],
  check: (subject) =>
    mapsOf(subject.edges).flatMap((map) => {
      const body = subject.graph.resources.get(map.address)?.body;
      const asked = matchesIn(map).flatMap(({ match }) => match.headers.map(({ name }) => name));
      return (body === undefined ? [] : blocks(body, "test")).flatMap((test) => idle(test, asked));
    }),
});

/** Where a test sends a header that no rule asks for. */
function idle(test: Value, asked: readonly string[]): ReturnType<typeof found>[] {
  return blocks(test, "headers").flatMap((header) => {
    const name = knownText(attribute(header, "name"));
    return name === undefined || isSame(name, "host") || asked.some((each) => isSame(each, name))
      ? []
      : [found(header.by, `the test sends ${name}, which no rule of the map asks for`)];
  });
}
