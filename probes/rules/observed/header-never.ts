import { PASS, defineHeaderRule, fail, inconclusive } from "../define-rule.ts";

export const headerNever = defineHeaderRule({
  id: "header-never",
  title: "a header declared `never` does not cross the edge",
  because: "A header that the service trusts and a client can send is a way in without a credential.",
  fix: "Remove the header in `header_action.request_headers_to_remove` of the URL map: that level acts last and cannot be undone below.",
  sources: ["U2", "P4"],
  arrives: "never",
  check: ({ sent, arrived, canaries }) => {
    if (sent.length === 0) return inconclusive("the client did not try to send the header");
    return arrived.some((value) => canaries.some((canary) => value.includes(canary)))
      ? fail("the client's value arrived")
      : PASS;
  },
});
