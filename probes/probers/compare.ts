import { sameName, valuesOf } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import type { HeaderObservation } from "../facts/observation.ts";
import { membersOf } from "./header-members.ts";

/** Shortest canary that is looked for under other names, in characters: a shorter one stands there by chance. */
const MIN_CANARY = 8;

/**
 * What became of one header name between the client's wire and the service, from the bytes of both ends alone.
 * `merged` is said of list fields and of `Cookie` only: two lines of a singleton on one line are another value.
 */
export function compareHeader(
  name: string,
  sent: HeaderList,
  arrived: HeaderList,
  canaries: readonly string[],
): HeaderObservation {
  const before = valuesOf(sent, name);
  const after = valuesOf(arrived, name);
  if (before.length === 0) return after.length === 0 ? "not-sent" : "injected";
  if (after.length === 0) return isElsewhere(name, { sent, arrived }, canaries) ? "renamed" : "stripped";
  if (sameList(before, after)) return "intact";
  if (isCut(before, after)) return "truncated";
  return compareMembers(name, before, after);
}

function compareMembers(name: string, before: readonly string[], after: readonly string[]): HeaderObservation {
  const was = membersOf(name, before);
  const is = membersOf(name, after);
  if (sameList(was, is)) return before.length > after.length ? "merged" : "replaced";
  if (sameList([...was].sort(), [...is].sort())) return "reordered";
  if (is.length <= was.length || was.length === 0) return "replaced";
  if (holdsEach(is, was) && is.every((member) => was.includes(member))) return "duplicated";
  if (was.every((member, index) => is[index] === member)) return "appended";
  return isWithin(was, is) ? "injected" : "replaced";
}

/** True when the value stands, as this request's own, under a name under which the client did not send it. */
export function isElsewhere(
  name: string,
  { sent, arrived }: { readonly sent: HeaderList; readonly arrived: HeaderList },
  canaries: readonly string[],
): boolean {
  const telling = canaries.filter(({ length }) => length >= MIN_CANARY);
  const holds = (lines: HeaderList, own: string, canary: string): boolean =>
    valuesOf(lines, own).some((value) => value.includes(canary));
  return arrived.some(
    ([own, value]) =>
      !sameName(own, name) && telling.some((canary) => value.includes(canary) && !holds(sent, own, canary)),
  );
}

/** Each line is the beginning of what was sent, and one of them only the beginning. */
function isCut(before: readonly string[], after: readonly string[]): boolean {
  return (
    before.length === after.length && after.every((value, index) => value !== "" && before[index]!.startsWith(value))
  );
}

/** Every member as often as it was sent, or more often. */
function holdsEach(is: readonly string[], was: readonly string[]): boolean {
  const left = [...is];
  return was.every((member) => {
    const at = left.indexOf(member);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
}

/** The members in their order, with others before or between them. */
function isWithin(was: readonly string[], is: readonly string[]): boolean {
  let next = 0;
  for (const member of is) if (member === was[next]) next++;
  return next === was.length;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
