import type { Provenance } from "../../../facts/provenance.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { levelActs } from "../levels.ts";
import { mapsOf, matchesIn } from "../ways.ts";

export const underscoreInHeaderName = defineStaticRule({
  id: "underscore-in-header-name",
  title: "a header name with an underscore",
  severity: "warning",
  found: "run",
  because:
    "No page says whether such a name passes the load balancer and Cloud Run; other proxies drop it or refuse the request.",
  fix: "Write the name with hyphens, here and where it is sent and read.",
  sources: ["H26", "Q1"],
  check: (subject) => {
    const written = levelActs(subject)
      .filter(({ direction }) => direction === "request")
      .map(({ name, by }) => ({ name, by }));
    const asked = mapsOf(subject.edges).flatMap((map) => matchesIn(map).flatMap(({ match }) => match.headers));
    return [...written, ...asked].filter(({ name }) => name.includes("_")).map(said);
  },
});

function said({ name, by }: { readonly name: string; readonly by: Provenance }) {
  return found(by, `the header ${name} has an underscore in its name`, { dependsOn: "underscore-names" });
}
