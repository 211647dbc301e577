import { sameName } from "../../http/header-list.ts";
import type { Cell } from "../facts/result.ts";
import { HEADER_RULES } from "./observed/index.ts";
import { certificateCoversHost } from "./observed/certificate-covers-host.ts";
import { headerNever } from "./observed/header-never.ts";
import { headerSizeHeadroom } from "./observed/header-size-headroom.ts";
import { identityNotForgeable } from "./observed/identity-not-forgeable.ts";
import { reachesDeclaredService } from "./observed/reaches-declared-service.ts";
import { subprotocolAnswered } from "./observed/subprotocol-answered.ts";
import { subprotocolListWhole } from "./observed/subprotocol-list-whole.ts";

const HEADER_RULE_IDS: ReadonlySet<string> = new Set(Object.values(HEADER_RULES).map(({ id }) => id));

/** Rule → whether another undecided or failed cell of the same route and protocol says why a cell of it failed. */
const EXPLAINED_BY: Readonly<Record<string, (failed: Cell, other: Cell) => boolean>> = {
  // What fares no better at the ordinary size is no matter of size.
  [headerSizeHeadroom.id]: (failed, other) =>
    other.path === failed.path &&
    isDeclared(other) &&
    (failed.header === null
      ? other.rule === certificateCoversHost.id || other.rule === reachesDeclaredService.id
      : HEADER_RULE_IDS.has(other.rule) && isAbout(other, failed.header)),
  // Other letters and other names are a finding of their own where the header as declared does not get through.
  [identityNotForgeable.id]: (failed, other) =>
    other.rule === headerNever.id && isAbout(other, failed.header) && other.state === "fail",
  [subprotocolListWhole.id]: (failed, other) =>
    HEADER_RULE_IDS.has(other.rule) && isAbout(other, failed.header) && other.state === "fail",
  // A service can select only from what it is offered.
  [subprotocolAnswered.id]: (_, other) => other.rule === subprotocolListWhole.id && other.state === "fail",
};

/**
 * Cells of a whole run → the same, with each failure that another cell explains made its consequence, so that one fault
 * is one finding. A consequence is a check that could not look, and its cause stays what it is: nothing becomes a pass.
 */
export function relateCells(cells: readonly Cell[]): Cell[] {
  const causes = causesOf(cells);
  return cells.map((cell): Cell => {
    const cause = causes.get(cell.id);
    if (cause !== undefined) return follows(cell, rootOf(cause, causes));
    const broken = asksOpenQuestion(cell) ? cells.find((other) => isDeclaredFailureBeside(cell, other)) : undefined;
    if (broken !== undefined) return follows(cell, rootOf(broken, causes));
    const hiddenBy = cell.consequenceOf === undefined ? undefined : causes.get(cell.consequenceOf);
    return hiddenBy === undefined ? cell : follows(cell, rootOf(hiddenBy, causes));
  });
}

function causesOf(cells: readonly Cell[]): Map<string, Cell> {
  const open = cells.filter(({ state }) => state === "fail" || state === "inconclusive");
  const explained = open.filter(({ state, rule }) => state === "fail" && rule in EXPLAINED_BY);
  return new Map(
    explained.flatMap((cell): [string, Cell][] => {
      const near = open.filter((other) => isNear(cell, other) && EXPLAINED_BY[cell.rule]!(cell, other));
      const cause = near.find(({ state }) => state === "fail") ?? near[0];
      return cause === undefined ? [] : [[cell.id, cause]];
    }),
  );
}

/** A failed cause hides the cell; an undecided one leaves it as undecided as itself. */
function follows(cell: Cell, cause: Cell): Cell {
  const { consequenceOf: _, ...own } = cell;
  const hidden = cause.state === "fail" ? cause.id : cause.consequenceOf;
  return {
    ...own,
    state: "inconclusive",
    reason: cause.reason ?? cause.state,
    by: [],
    ...(hidden !== undefined && { consequenceOf: hidden }),
  };
}

/** A cell that one reading of an open question passes and another does not. */
function asksOpenQuestion({ state, reason, consequenceOf }: Cell): boolean {
  return state === "inconclusive" && consequenceOf === undefined && reason?.startsWith("depends on ") === true;
}

/** A trial on a path whose declared request is broken under every reading: which way it is broken decides the trial. */
function isDeclaredFailureBeside(cell: Cell, other: Cell): boolean {
  return (
    !isDeclared(cell) && other.state === "fail" && isNear(cell, other) && cell.path === other.path && isDeclared(other)
  );
}

function isNear(a: Cell, b: Cell): boolean {
  return a.id !== b.id && a.env === b.env && a.route === b.route && a.protocol === b.protocol;
}

/** The table leads from a rule to others and never back, so that this ends. */
function rootOf(cell: Cell, causes: ReadonlyMap<string, Cell>): Cell {
  const cause = causes.get(cell.id);
  return cause === undefined ? cell : rootOf(cause, causes);
}

function isAbout(cell: Cell, header: string | null): boolean {
  return header !== null && sameName(cell.header ?? "", header);
}

/** True for a cell of a declared case: the id of a trial has the trial's name between the client and the rule. */
function isDeclared({ id, env, host, path, protocol, client, rule }: Cell): boolean {
  return id.startsWith([env, host, path, protocol, client, rule, ""].join(" "));
}
