import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { levelActs, productsOf } from "../levels.ts";
import type { Level } from "../levels.ts";

export const emptyHeaderValue = defineStaticRule({
  id: "empty-header-value",
  title: "a URL map writes a header without a value",
  severity: "warning",
  found: "apply",
  because:
    "Regional and internal balancers refuse an empty value, and elsewhere it is open whether the header is sent empty or left as the client sent it.",
  fix: "Name the header in `request_headers_to_remove` to take it away.",
  sources: ["V6", "U8", "Q26"],
  check: (subject) =>
    levelActs(subject).flatMap(({ kind, direction, name, value, level, by }) =>
      kind === "add" && direction === "request" && value === ""
        ? [found(by, `${level.map.address} writes ${name} with an empty value`, certaintyOf(level, subject))]
        : [],
    ),
});

function certaintyOf({ map }: Level, subject: Subject) {
  const products = productsOf(subject, map).map(({ value }) => value);
  const isRefused = products.length > 0 && products.every((value) => value === "regional" || value === "internal");
  return isRefused ? { severity: "error" as const } : { dependsOn: "empty-url-map-header" };
}
