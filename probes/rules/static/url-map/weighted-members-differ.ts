import type { Provenance } from "../../../facts/provenance.ts";
import type { WeightedChoice } from "../../../model/url-map.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import type { Subject } from "../define-rule.ts";
import { backendsOf } from "../levels.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";
import { mapsOf, matchersOf, routesOf } from "../ways.ts";

export const weightedMembersDiffer = defineStaticRule({
  id: "weighted-members-differ",
  title: "what happens to a header is left to chance",
  severity: "warning",
  found: "run",
  because:
    "Each connection draws one of the weighted services anew: one attempt arrives with the header, and the next without.",
  fix: "Write or remove the header on each of the weighted services, or on their route.",
  sources: ["U20", "V4"],
  check: (subject) =>
    mapsOf(subject.edges)
      .flatMap((map) => [map.fallback, ...matchersOf(map).flatMap(routesOf)])
      .flatMap(({ destination }) => (destination.kind === "weighted" ? differences(destination.choices, subject) : [])),
});

function differences(choices: readonly WeightedChoice[], subject: Subject) {
  // One that takes no traffic is no chance.
  const drawn = choices.filter(({ weight }) => weight > 0).map((choice) => touchedBy(choice, subject));
  const names = new Set(drawn.flatMap((touched) => [...touched.keys()]));
  return [...names].flatMap((name) => {
    const places = drawn.flatMap((touched) => touched.get(name) ?? []);
    const [first] = places;
    return first === undefined || places.length === drawn.length
      ? []
      : [found(first, `${name} is written or removed for ${places.length} of ${drawn.length} weighted services`)];
  });
}

/** Names of request headers that a member writes or removes, whatever the value; other rules speak of credentials. */
function touchedBy({ actions, destination }: WeightedChoice, subject: Subject): ReadonlyMap<string, Provenance> {
  const backend = destination.kind === "backend" ? backendsOf(subject).get(destination.address) : undefined;
  const all = [...actions.remove, ...actions.add, ...(backend?.requestHeaders ?? [])];
  const others = all.filter(({ name }) => !isOneOf([...CREDENTIALS, ...HANDSHAKE, "origin"], name));
  return new Map(others.map(({ name, by }) => [name.toLowerCase(), by]));
}
