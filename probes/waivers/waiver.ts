import { sameName } from "../../http/header-list.ts";
import type { Contract } from "../../contract/contract.ts";
import type { Finding } from "../facts/finding.ts";
import type { Provenance } from "../facts/provenance.ts";
import type { Cell } from "../facts/result.ts";
import type { Waived } from "../facts/waiver.ts";

/** A waiver with all that it needs, wherever it was written. */
export interface Waiver extends Waived {
  readonly rule: string;
  /** What it is called in a report: `waivers[0]`, or the comment that it is. */
  readonly subject: string;
  readonly covers: (item: Cell | Finding) => boolean;
}

/** The waivers that a contract declares. */
export function contractWaivers({ waivers, headers }: Pick<Contract, "waivers" | "headers">): Waiver[] {
  return waivers.map(({ rule, target, reason, owner, expires, at }, index) => ({
    rule,
    reason,
    owner,
    expires,
    at,
    subject: `waivers[${index}]`,
    covers: (item) => isMeant(target, item, Object.hasOwn(headers, target) ? headers[target]!.name : target),
  }));
}

/** `*`: everything. Else a route, its host or a header of it; for a finding a resource, a part of it, or a construct. */
function isMeant(target: string, item: Cell | Finding, header: string): boolean {
  if (target === "*") return true;
  if ("where" in item) return isInside(target, item.where);
  return item.route === target || item.host === target || (item.header !== null && sameName(item.header, header));
}

function isInside(target: string, { address, attribute, construct }: Provenance): boolean {
  return (
    startsAt(attribute === "" ? address : `${address}.${attribute}`, target, [".", "["]) ||
    (construct !== undefined && startsAt(construct.path, target, ["/"]))
  );
}

function startsAt(path: string, target: string, ends: readonly string[]): boolean {
  return path === target || ends.some((end) => path.startsWith(target + end));
}
