import type { Contract } from "../../contract/contract.ts";
import type { Case } from "../facts/case.ts";
import type { Observation } from "../facts/observation.ts";
import type { Cell, Counts, RouteCoverage } from "../facts/result.ts";

/** What was really made and really decided. */
export function count(
  contract: Contract,
  environments: number,
  observations: readonly { readonly case: Case; readonly observation: Observation }[],
  cells: readonly Cell[],
): Counts {
  const answered = observations.filter(({ observation }) => observation.response !== undefined);
  const inState = (state: Cell["state"]): Cell[] => cells.filter((cell) => cell.state === state);
  return {
    environments,
    routes: contract.routes.length,
    headers: new Set(contract.routes.flatMap(({ headers }) => headers)).size,
    httpRequests: answered.filter((each) => each.case.protocol === "http").length,
    upgrades: answered.filter((each) => each.case.protocol === "websocket").length,
    pass: inState("pass").length,
    fail: inState("fail").filter(({ waived }) => waived === undefined).length,
    waived: inState("fail").filter(({ waived }) => waived !== undefined).length,
    inconclusive: inState("inconclusive").filter(({ consequenceOf }) => consequenceOf === undefined).length,
    consequences: inState("inconclusive").filter(({ consequenceOf }) => consequenceOf !== undefined).length,
    notApplicable: inState("not-applicable").length,
  };
}

/** For every declared path form and protocol: how often it was tried, and how often a witness answered for it. */
export function coverageOf(
  cases: readonly Case[],
  observations: readonly { readonly case: Case; readonly observation: Observation }[],
): RouteCoverage[] {
  const entries = new Map<string, RouteCoverage>();
  for (const planned of cases) {
    const key = [planned.env, planned.route, planned.form, planned.protocol].join(" ");
    const mine = observations.filter(
      (each) => each.case.id === planned.id && each.observation.failure?.phase !== "interrupted",
    );
    const known = entries.get(key) ?? {
      env: planned.env,
      route: planned.route,
      form: planned.form,
      protocol: planned.protocol,
      witnessed: 0,
      attempted: 0,
      at: planned.formAt,
    };
    const witnessed = mine.filter(({ observation }) => observation.witness !== undefined).length;
    entries.set(key, { ...known, attempted: known.attempted + mine.length, witnessed: known.witnessed + witnessed });
  }
  return [...entries.values()];
}
