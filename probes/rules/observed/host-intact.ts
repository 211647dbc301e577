import { valuesOf } from "../../../http/header-list.ts";
import { PASS, betweenEnds, defineCaseRule, fail, inconclusive } from "../define-rule.ts";

export const hostIntact = defineCaseRule({
  id: "host-intact",
  title: "the service sees the host that the client asked for",
  because:
    "A service that compares Origin with Host, builds links or picks a tenant by its name refuses or mixes up requests whose Host was rewritten.",
  fix: "Take the host rewrite, or the custom header that writes Host, out of the configuration: a serverless NEG needs neither.",
  sources: ["H28", "W12"],
  about: "Host",
  appliesTo: () => true,
  check: (evidence) =>
    betweenEnds(evidence, ({ sent, arrived }) => {
      const [asked, ...others] = valuesOf(sent, "host");
      const seen = valuesOf(arrived, "host");
      if (asked === undefined || others.length > 0) return inconclusive("the client did not send exactly one Host");
      if (seen.length !== 1) return fail(`the service received ${seen.length} Host lines`);
      // RFC 9110 §4.2.3: a host is the same in any case.
      return seen[0]!.toLowerCase() === asked.toLowerCase() ? PASS : fail("the service sees another host");
    }),
});
