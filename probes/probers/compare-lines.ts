import { valuesOf } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import type { ObservedLine } from "../facts/observation.ts";
import { isElsewhere } from "./compare.ts";
import { membersOf } from "./header-members.ts";

/**
 * Line by line what {@link compareHeader} says of a whole name: which line arrived where, and which did not. Lines that
 * were sent come first, in their order, then those that only the service has.
 */
export function compareLines(
  name: string,
  sent: HeaderList,
  arrived: HeaderList,
  canaries: readonly string[],
): ObservedLine[] {
  const before = valuesOf(sent, name);
  const after = valuesOf(arrived, name);
  const found = new Map<number, ObservedLine>();
  const taken = new Set<number>();
  const pairs: Pairs = { name, before, after, found, taken };
  pairEqual(pairs);
  pairJoined(pairs);
  pairCut(pairs);
  for (const [index, value] of before.entries())
    if (!found.has(index)) {
      const own = canaries.filter((canary) => value.includes(canary));
      found.set(index, lostLine(pairs, index, isElsewhere(name, { sent, arrived }, own)));
    }
  const known = before.map((_, index) => found.get(index)!);
  const foreign = after.flatMap((value, index): ObservedLine[] => {
    if (taken.has(index)) return [];
    const origin = before.indexOf(value);
    return [
      origin === -1
        ? { sent: null, arrived: index, observation: "injected" }
        : { sent: origin, arrived: index, observation: "duplicated" },
    ];
  });
  return [...known, ...foreign];
}

/** What is paired so far: lines that were sent by their index, and the indexes of arrived lines that have a partner. */
interface Pairs {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly found: Map<number, ObservedLine>;
  readonly taken: Set<number>;
}

/** Equal values; one that stands before a line which it was sent after is out of order. */
function pairEqual({ before, after, found, taken }: Pairs): void {
  let latest = -1;
  for (const [index, value] of before.entries()) {
    const at = after.findIndex((other, position) => other === value && !taken.has(position));
    if (at === -1) continue;
    taken.add(at);
    found.set(index, { sent: index, arrived: at, observation: at > latest ? "intact" : "reordered" });
    latest = Math.max(latest, at);
  }
}

/** Lines whose members stand side by side in one arrived line: merged where several share it, else appended to. */
function pairJoined({ name, before, after, found, taken }: Pairs): void {
  for (const [at, value] of after.entries()) {
    if (taken.has(at)) continue;
    const is = membersOf(name, [value]);
    const inside = before.flatMap((own, index) => {
      const start = found.has(index) ? -1 : runOf(membersOf(name, [own]), is);
      return start === -1 ? [] : [{ index, start }];
    });
    for (const { index, start } of inside) {
      const isGrown = inside.length === 1 && start === 0;
      const observation = inside.length > 1 ? "merged" : isGrown ? "appended" : "injected";
      found.set(index, { sent: index, arrived: at, observation });
      taken.add(at);
    }
  }
}

/** Where `members` stand one after the other in `list`; -1 for nowhere, for no members, and for the whole of it. */
function runOf(members: readonly string[], list: readonly string[]): number {
  if (members.length === 0 || members.length >= list.length) return -1;
  return list.findIndex((_, start) => members.every((member, index) => list[start + index] === member));
}

/** An arrived line that is the beginning of one that was sent. */
function pairCut({ before, after, found, taken }: Pairs): void {
  for (const [index, value] of before.entries()) {
    if (found.has(index)) continue;
    const at = after.findIndex((other, position) => other !== "" && !taken.has(position) && value.startsWith(other));
    if (at === -1) continue;
    taken.add(at);
    found.set(index, { sent: index, arrived: at, observation: "truncated" });
  }
}

/** A line whose value is nowhere under its name: another line in its place was put there for it. */
function lostLine({ before, after, taken }: Pairs, index: number, isRenamed: boolean): ObservedLine {
  if (isRenamed) return { sent: index, arrived: null, observation: "renamed" };
  const at = before.length === after.length ? index : after.findIndex((_, position) => !taken.has(position));
  if (at === -1 || taken.has(at)) return { sent: index, arrived: null, observation: "stripped" };
  taken.add(at);
  return { sent: index, arrived: at, observation: "replaced" };
}
