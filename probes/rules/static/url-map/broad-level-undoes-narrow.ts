import { defineStaticRule, found } from "../define-rule.ts";
import type { Provenance } from "../../../facts/provenance.ts";
import { isSame, levelActs } from "../levels.ts";
import type { LevelAct } from "../levels.ts";
import { CREDENTIALS, isOneOf } from "../names.ts";

export const broadLevelUndoesNarrow = defineStaticRule({
  id: "broad-level-undoes-narrow",
  title: "a broad level undoes what a narrower one writes",
  severity: "error",
  found: "run",
  because:
    "Header actions run from the route to the map, so that the broadest level has the last word: it wipes what a route added.",
  fix: "Move the broad action to the routes that need it, or delete the narrow one.",
  sources: ["U2"],
  check: (subject) =>
    levelActs(subject).flatMap((act) => {
      const undone = lastWordOver(act);
      const deed = act.kind === "remove" ? "removes" : "replaces";
      const title = `${act.level.map.address} ${deed} ${act.name} after a narrower level has written it`;
      return undone.length === 0 ? [] : [found(act.by, title, { by: undone })];
    }),
});

/** Where a narrower level writes the header to no effect. What is done to a credential is told by rules of its own. */
function lastWordOver({ kind, direction, name, value, replace, level }: LevelAct): Provenance[] {
  if ((kind === "add" && replace !== true) || isOneOf(CREDENTIALS, name)) return [];
  // A level that removes a header and writes it anew keeps its own.
  const own = direction === "request" ? level.actions.add : level.actions.addToResponse;
  if (kind === "remove" && own.some((added) => isSame(added.name, name))) return [];
  const written = level.narrower.flatMap((inner) => (direction === "request" ? inner.add : inner.addToResponse));
  return written
    .filter((added) => isSame(added.name, name) && !(kind === "add" && added.value === value))
    .map(({ by }) => by);
}
