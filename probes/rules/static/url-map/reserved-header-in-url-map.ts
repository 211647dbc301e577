import { levelProblems } from "../../../model/level-problems.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { levelsIn, productsOf } from "../levels.ts";
import { deletesIt } from "../remedy.ts";
import { mapsOf } from "../ways.ts";

export const reservedHeaderInUrlMap = defineStaticRule({
  id: "reserved-header-in-url-map",
  title: "a URL map adds a header whose name is reserved",
  severity: "error",
  found: "apply",
  because:
    "Google refuses a map that adds `Connection`, `Upgrade`, `Host` or a name that begins with `X-Goog-`, `X-Google`, `X-GFE` or `X-Amz-`; a WebSocket needs none of them.",
  fix: "Delete the block, or give the header a name of your own.",
  sources: ["V6", "H6"],
  remedy: deletesIt,
  check: (subject) =>
    mapsOf(subject.edges).flatMap((map) => {
      // The classic balancer refuses every header action, whatever it names.
      if (productsOf(subject, map).some(({ value }) => value === "classic")) return [];
      const levels = levelsIn(map).map(({ actions }) => ({
        ...actions,
        // An empty value has a rule of its own.
        add: actions.add.map((header) => ({ ...header, value: header.value || "-" })),
      }));
      return levelProblems(levels, "global").map(({ reason, by }) => found(by, `${map.address}: ${reason}`));
    }),
});
