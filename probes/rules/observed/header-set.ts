import { PASS, defineHeaderRule, fail, inconclusive } from "../define-rule.ts";

export const headerSet = defineHeaderRule({
  id: "header-set",
  title: "a header declared `set` arrives with the edge's value and nothing of the client's",
  because:
    "The service trusts this header because only the edge writes it; a client's value in it is a forgery that got through.",
  fix: "Let a route rule set the header with `replace = true`, and let no broader level remove it: the broadest level acts last.",
  sources: ["U2", "U4", "U5"],
  arrives: "set",
  check: ({ header, sent, arrived, canaries }) => {
    if (header.arrives.kind !== "set") return inconclusive("the header has no pattern");
    if (sent.length === 0) return inconclusive("the client did not try to forge the header");
    if (arrived.length === 0) return fail("the edge's value did not arrive");
    if (arrived.some((value) => canaries.some((canary) => value.includes(canary))))
      return fail("the client's value arrived");
    const pattern = new RegExp(header.arrives.pattern);
    return arrived.length === 1 && pattern.test(arrived[0]!)
      ? PASS
      : fail(`what arrived does not match ${header.arrives.pattern}`);
  },
});
