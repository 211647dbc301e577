import { defineStaticRule, found } from "../define-rule.ts";
import { replacing } from "../remedy.ts";
import { mapsOf, matchesIn } from "../ways.ts";

export const literalStarInPath = defineStaticRule({
  id: "literal-star-in-path",
  title: "a star in a prefix of a route rule",
  severity: "error",
  found: "run",
  because: "In `prefix_match` and `full_path_match` a star is a star: the rule matches no path that a client asks for.",
  fix: "Drop the star from a prefix, which matches everything below as it is; or use `path_template_match` with `**`.",
  sources: ["U13"],
  check: ({ edges }) =>
    mapsOf(edges).flatMap((map) =>
      matchesIn(map).flatMap(({ match: { path } }) =>
        (path?.kind === "prefix" || path?.kind === "exact") && path.path.includes("*")
          ? [
              found(path.by, `${path.path} matches only paths with a star in them`, {
                ...(path.kind === "prefix" &&
                  /^[^*]+\*$/.test(path.path) && { remedy: replacing(path.by, path.path.replace(/\*$/, "")) }),
              }),
            ]
          : [],
      ),
    ),
});
