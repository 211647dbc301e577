import { PASS, defineHeaderRule, fail, inconclusive } from "../define-rule.ts";

export const headerAppended = defineHeaderRule({
  id: "header-appended",
  title: "a header declared `appended` keeps what the client sent and grows by what the edge adds",
  because:
    "A service that reads the last entries of a list, as of X-Forwarded-For, needs both the edge's entries and their order.",
  fix: "Do not write this header in the configuration: the edge appends to it by itself.",
  sources: ["H3", "V9", "U7"],
  arrives: "appended",
  check: ({ observation, sent }) => {
    if (sent.length === 0) return inconclusive("the client did not put the header on the wire");
    return observation === "appended" || observation === "merged"
      ? PASS
      : fail(`the header was ${observation}, not appended to`);
  },
});
