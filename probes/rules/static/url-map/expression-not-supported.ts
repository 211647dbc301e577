import { unsupportedRules } from "../../../model/map-problems.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import type { UrlMap } from "../../../model/url-map.ts";
import { productsOf } from "../levels.ts";
import { mapsOf, matchersOf } from "../ways.ts";

export const expressionNotSupported = defineStaticRule({
  id: "expression-not-supported",
  title: "a route rule matches by an expression on a balancer that has none",
  severity: "error",
  found: "apply",
  because: "`regex_match` is for regional and internal balancers: the global and the classic one refuse the map.",
  fix: "Match by `prefix_match`, `full_path_match` or `path_template_match`; of a header by `exact_match`, `prefix_match` or `suffix_match`.",
  sources: ["U14"],
  check: (subject) =>
    mapsOf(subject.edges).flatMap((map) =>
      isWithoutExpressions(map, subject)
        ? matchersOf(map).flatMap((matcher) =>
            unsupportedRules(matcher, "global").map(({ by }) =>
              found(by, `${map.address} matches by an expression, which its balancer does not support`),
            ),
          )
        : [],
    ),
});

/** Which of the two one is that is not written makes no difference here. */
function isWithoutExpressions(map: UrlMap, subject: Subject): boolean {
  const products = productsOf(subject, map).map(({ value }) => value);
  return products.length > 0 && products.every((value) => value !== "regional" && value !== "internal");
}
