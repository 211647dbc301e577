import { bodiesWith, blocks, count, text, texts } from "../value.ts";
import type { Body } from "../value.ts";
import { firstTwice, invalid } from "./refusal.ts";
import type { RefusalRow } from "./refusal.ts";

const HIGHEST_PRIORITY = 2_147_483_647;
const MOST_TEMPLATE_OPERATORS = 5;
const LONGEST_TEMPLATE = 1024;

const resources = ["google_compute_url_map"] as const;

export const ROUTE_REFUSALS: readonly RefusalRow[] = [
  {
    id: "path-rules-beside-route-rules",
    facts: ["U13"],
    resources,
    refuses: forEachMatcher((matcher) => {
      if (blocks(matcher, "path_rule").length === 0 || blocks(matcher, "route_rules").length === 0) return undefined;
      return invalid("pathMatchers", nameOf(matcher), "Only one of pathRules and routeRules can be set.");
    }),
  },
  {
    id: "priority-twice",
    facts: ["U13"],
    resources,
    refuses: forEachMatcher((matcher) => {
      const twice = firstTwice(blocks(matcher, "route_rules").map((rule) => count(rule, "priority")));
      if (twice === undefined) return undefined;
      return invalid("pathMatchers.routeRules.priority", twice, "Priorities must be unique in a path matcher.");
    }),
  },
  {
    id: "priority-out-of-range",
    facts: ["U13"],
    resources,
    refuses: forEachMatcher((matcher) => {
      const priority = blocks(matcher, "route_rules")
        .map((rule) => count(rule, "priority") ?? 0)
        .find((each) => !Number.isInteger(each) || each < 0 || each > HIGHEST_PRIORITY);
      if (priority === undefined) return undefined;
      return invalid("pathMatchers.routeRules.priority", priority, `Must be between 0 and ${HIGHEST_PRIORITY}.`);
    }),
  },
  {
    id: "path-template",
    facts: ["U13"],
    resources,
    refuses: (body) => {
      const template = bodiesWith(body, "path_template_match")
        .map((rule) => text(rule, "path_template_match") ?? "")
        .find((each) => each.length > LONGEST_TEMPLATE || operatorsIn(each) > MOST_TEMPLATE_OPERATORS);
      if (template === undefined) return undefined;
      return invalid(
        "matchRules.pathTemplateMatch",
        template.slice(0, 80),
        `At most ${MOST_TEMPLATE_OPERATORS} operators and ${LONGEST_TEMPLATE} characters are allowed.`,
      );
    },
  },
  {
    id: "star-inside-a-path",
    facts: ["U12"],
    resources,
    refuses: forEachMatcher((matcher) => {
      const path = blocks(matcher, "path_rule")
        .flatMap((rule) => texts(rule, "paths"))
        .find((each) => !each.startsWith("/") || each.replace(/\/\*$/, "").includes("*"));
      if (path === undefined) return undefined;
      return invalid(
        "pathMatchers.pathRules.paths",
        path,
        "Must start with '/'; '*' may only stand at the end after '/'.",
      );
    }),
  },
  {
    id: "regex-on-a-global-map",
    row: "M43",
    facts: ["U14"],
    resources,
    refuses: (body) => {
      const regex = bodiesWith(body, "regex_match").map((each) => text(each, "regex_match"))[0];
      if (regex === undefined) return undefined;
      return invalid(
        "matchRules.regexMatch",
        regex,
        "Regular expressions are not supported for this load balancing scheme.",
      );
    },
  },
];

function forEachMatcher(refuses: (matcher: Body) => string | undefined): RefusalRow["refuses"] {
  return (body) =>
    blocks(body, "path_matcher")
      .map(refuses)
      .find((each) => each !== undefined);
}

const nameOf = (matcher: Body): string => text(matcher, "name") ?? "";

/** `*` and `**`, bare or as the pattern of a variable; `{name}` alone stands for one, too. */
function operatorsIn(template: string): number {
  return template.split("/").filter((segment) => segment.includes("*") || segment.startsWith("{")).length;
}
