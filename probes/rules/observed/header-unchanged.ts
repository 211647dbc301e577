import { PASS, defineHeaderRule, fail, inconclusive } from "../define-rule.ts";

export const headerUnchanged = defineHeaderRule({
  id: "header-unchanged",
  title: "a header declared `unchanged` arrives byte for byte",
  because:
    "Nothing in the load balancer touches a client's header by itself; one that is lost or changed was lost to configuration.",
  fix: "Take the header out of the action that is named here; nothing needs to be added, it passes by itself.",
  sources: ["H9", "U2", "V4"],
  arrives: "unchanged",
  check: ({ observation, sent }) => {
    if (sent.length === 0) return inconclusive("the client did not put the header on the wire");
    return observation === "intact" || observation === "merged" ? PASS : fail(`the header was ${observation}`);
  },
});
