import { hasHeader, valuesOf } from "../../../http/header-list.ts";
import { PASS, betweenEnds, defineCaseRule, fail, inconclusive } from "../define-rule.ts";

export const originIntact = defineCaseRule({
  id: "origin-intact",
  title: "the origin of a page arrives as the browser sent it",
  because:
    "A WebSocket is not bound to its own origin by the browser: the service's check of Origin is all that keeps foreign pages out, and without the header it refuses everybody or nobody.",
  fix: "Take Origin out of the removed and written headers; a service reads it, an edge never has to.",
  sources: ["W12", "H9", "B1"],
  about: "Origin",
  appliesTo: ({ attempt }) => hasHeader(attempt.lines, "origin"),
  check: (evidence) =>
    betweenEnds(evidence, ({ sent, arrived }) => {
      const [origin, ...others] = valuesOf(sent, "origin");
      const seen = valuesOf(arrived, "origin");
      if (origin === undefined || others.length > 0) return inconclusive("the client did not send exactly one Origin");
      if (seen.length === 0) return fail("Origin did not arrive");
      return seen.length === 1 && seen[0] === origin ? PASS : fail("the service sees another origin");
    }),
});
