import { nearest } from "../../contract/problem.ts";
import type { Problem } from "../../contract/problem.ts";
import type { Contract } from "../../contract/contract.ts";
import type { Waiver } from "./waiver.ts";

/** A problem for each waiver of a contract that names a rule which does not exist. */
export function unknownInContract({ waivers }: Pick<Contract, "waivers">, rules: readonly string[]): Problem[] {
  return waivers.flatMap(({ rule, ruleAt }, index) =>
    rules.includes(rule) ? [] : [unknownRule(rule, `waivers[${index}].rule`, ruleAt, rules)],
  );
}

/** The same for waivers that stand in comments. */
export function unknownInline(waivers: readonly Pick<Waiver, "rule" | "at">[], rules: readonly string[]): Problem[] {
  return waivers.flatMap(({ rule, at }) =>
    rules.includes(rule) ? [] : [unknownRule(rule, "headgate:ignore", at, rules)],
  );
}

function unknownRule(rule: string, path: string, at: Problem["at"], rules: readonly string[]): Problem {
  const near = nearest(rule, rules);
  return {
    at,
    path,
    message: "there is no such rule",
    value: JSON.stringify(rule),
    // The nearest one tells more than the whole list; without one the list is what there is.
    ...(near === undefined ? { valid: [...rules].sort() } : { nearest: near }),
  };
}
