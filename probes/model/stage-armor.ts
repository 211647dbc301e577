import { sameName } from "../../http/header-list.ts";
import type { Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import { evaluate, headersRead } from "./armor-expression.ts";
import type { ArmorSubject } from "./armor-expression.ts";
import type { Oracle } from "./assumptions.ts";
import type { ArmorRule, HeaderActions, SecurityPolicy } from "./edge-model.ts";
import { HeaderFlow } from "./flow.ts";
import { applyUrlMapActions } from "./stage-headers.ts";

/** What a security policy makes of a request. */
export type ArmorVerdict =
  | { readonly kind: "passes"; readonly rule: ArmorRule | undefined }
  | { readonly kind: "denied"; readonly answer: EdgeAnswer }
  | Unknown;

/**
 * The policy's verdict on a request that is on its way to the backend (fact P6b). Frames after an upgrade are not
 * inspected (fact P6). Where the URL map changes a header that a rule reads, what the rule sees is asked (Q17).
 */
export function armorVerdict(
  policy: SecurityPolicy,
  flow: HeaderFlow,
  levels: readonly HeaderActions[],
  request: EdgeRequest,
  oracle: Oracle,
): ArmorVerdict {
  const before = walk(policy, subjectOf(flow, request));
  if (!changesWhatIsRead(policy, levels)) return before;
  const changed = new HeaderFlow(flow.lines);
  applyUrlMapActions(changed, levels, request, oracle);
  const after = walk(policy, subjectOf(changed, request));
  if (isSame(before, after)) return before;
  return oracle.assume("armor-headers") === "before-url-map" ? before : after;
}

/** Adds or overwrites the headers of the rule that let the request pass (fact V12). */
export function applyArmorHeaders(flow: HeaderFlow, rule: ArmorRule | undefined): void {
  for (const { name, value, by } of rule?.add ?? [])
    flow.replace(name, value, {
      ...by,
      effect: "sets it by a rule of the security policy",
      fact: "V12",
      stage: "armor",
    });
}

function subjectOf(flow: HeaderFlow, { clientAddress, method, target }: EdgeRequest): ArmorSubject {
  return { clientAddress, method, target, values: (name) => flow.values(name) };
}

function changesWhatIsRead({ rules }: SecurityPolicy, levels: readonly HeaderActions[]): boolean {
  const read = rules.flatMap(({ condition }) => headersRead(condition));
  const changed = levels.flatMap(({ add, remove }) => [...add, ...remove]);
  return changed.some(({ name }) => read.some((each) => sameName(each, name)));
}

/**
 * Rules by ascending priority: the first that matches decides. One that cannot be told makes its action possible and
 * the walk goes on; where all that is possible comes to the same, that is the verdict.
 */
function walk({ rules }: SecurityPolicy, subject: ArmorSubject): ArmorVerdict {
  const possible: { verdict: ArmorVerdict; rule: ArmorRule }[] = [];
  for (const rule of rules) {
    const truth = evaluate(rule.condition, subject);
    if (truth !== false) possible.push({ verdict: verdictOf(rule), rule });
    if (truth === true) break;
  }
  const [first, ...others] = possible;
  if (first === undefined) return { kind: "passes", rule: undefined };
  if (others.every(({ verdict }) => isSame(verdict, first.verdict))) return first.verdict;
  return {
    kind: "unknown",
    reason: `is a rule (priority ${first.rule.priority}) that may match, which cannot be told, and decides the request`,
    by: first.rule.by,
  };
}

function verdictOf(rule: ArmorRule): ArmorVerdict {
  const { action, by, priority } = rule;
  if (action.kind === "unknown") return action;
  if (action.kind === "pass") return { kind: "passes", rule };
  const effect = `denies the request with ${action.status}: rule of the security policy with priority ${priority}`;
  return {
    kind: "denied",
    answer: {
      status: action.status,
      headers: [],
      body: "denied by policy",
      by: { ...by, effect, fact: "P6", stage: "armor" },
    },
  };
}

/** True for two verdicts that no client and no service can tell apart. */
function isSame(a: ArmorVerdict, b: ArmorVerdict): boolean {
  if (a.kind === "denied" && b.kind === "denied") return a.answer.status === b.answer.status;
  if (a.kind !== "passes" || b.kind !== "passes") return a === b;
  const written = ({ rule }: typeof a): string =>
    JSON.stringify((rule?.add ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
  return written(a) === written(b);
}
