import { PASS, defineHeaderRule, fail, inconclusive } from "../define-rule.ts";

export const headerPresent = defineHeaderRule({
  id: "header-present",
  title: "a header declared `present` arrives with any value",
  because:
    "The service needs the header and accepts what the edge makes of it; without it the request is not understood.",
  fix: "Take the header out of the removal that is named here.",
  sources: ["U2"],
  arrives: "present",
  check: ({ sent, arrived }) => {
    if (sent.length === 0) return inconclusive("the client did not put the header on the wire");
    return arrived.length > 0 ? PASS : fail("the header did not arrive");
  },
});
