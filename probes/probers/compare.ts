import { listMembers, sameName, valuesOf } from "../../http/header-list.ts";
import type { HeaderList } from "../../http/header-list.ts";
import type { HeaderObservation } from "../facts/observation.ts";

/** What became of one header name between the client's wire and the service, from the bytes of both ends alone. */
export function compareHeader(
  name: string,
  sent: HeaderList,
  arrived: HeaderList,
  canaries: readonly string[],
): HeaderObservation {
  const before = valuesOf(sent, name);
  const after = valuesOf(arrived, name);
  if (before.length === 0) return after.length === 0 ? "not-sent" : "injected";
  if (after.length === 0) return isElsewhere(name, arrived, canaries) ? "renamed" : "stripped";
  if (sameList(before, after)) return "intact";
  if (sameList([...before].sort(), [...after].sort())) return "reordered";
  if (after.every((value) => before.includes(value)) && after.length > before.length) return "duplicated";
  return compareMembers(before, after);
}

function compareMembers(before: readonly string[], after: readonly string[]): HeaderObservation {
  const sentMembers = listMembers(before);
  const arrivedMembers = listMembers(after);
  if (before.length > after.length && sameList(sentMembers, arrivedMembers)) return "merged";
  const isPrefix = sentMembers.every((member, index) => arrivedMembers[index] === member);
  if (isPrefix && arrivedMembers.length > sentMembers.length) return "appended";
  const isCut =
    after.length === before.length && after.every((value, index) => value !== "" && before[index]!.startsWith(value));
  return isCut ? "truncated" : "replaced";
}

function isElsewhere(name: string, arrived: HeaderList, canaries: readonly string[]): boolean {
  return arrived.some(([own, value]) => !sameName(own, name) && canaries.some((canary) => value.includes(canary)));
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
