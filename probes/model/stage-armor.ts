import { sameName } from "../../http/header-list.ts";
import type { Stage, StagedAct, Unknown } from "../facts/provenance.ts";
import type { EdgeAnswer, EdgeRequest } from "../facts/trace.ts";
import { evaluate, headersRead } from "./armor-expression.ts";
import type { ArmorSubject } from "./armor-expression.ts";
import type { Oracle } from "./assumptions.ts";
import type { ArmorRule, HeaderActions, SecurityPolicy } from "./edge-model.ts";
import { HeaderFlow } from "./flow.ts";
import { applyUrlMapActions } from "./stage-headers.ts";

/** What a security policy makes of a request. `possible`: what may let it pass, where that cannot be told. */
export type ArmorVerdict =
  | { readonly kind: "passes"; readonly rule: ArmorRule | undefined }
  | { readonly kind: "answers"; readonly answer: EdgeAnswer; readonly isRedirect: boolean }
  | { readonly kind: "unsure"; readonly unknowns: readonly Unknown[] };

export interface ArmorContext {
  readonly levels: readonly HeaderActions[];
  readonly request: EdgeRequest;
  readonly asked: Oracle;
}

/**
 * The policy's verdict on a request that is on its way to the backend (fact P6b). Frames after an upgrade are not
 * inspected (fact P6). Where the URL map changes a header that a rule reads, what the rule sees is asked (Q17).
 */
export function armorVerdict(
  policy: SecurityPolicy,
  flow: HeaderFlow,
  { levels, request, asked }: ArmorContext,
  stage: Stage = "armor",
): ArmorVerdict {
  const before = walk(policy, subjectOf(flow, request), stage);
  if (stage === "edge" || !changesWhatIsRead(policy, levels)) return before;
  const changed = new HeaderFlow(flow.lines);
  applyUrlMapActions(changed, levels, request, asked);
  const after = walk(policy, subjectOf(changed, request), stage);
  if (isSame(before, after)) return before;
  return asked.assume("armor-headers") === "before-url-map" ? before : after;
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
function walk({ rules, by }: SecurityPolicy, subject: ArmorSubject, stage: Stage): ArmorVerdict {
  const possible: { readonly verdict: ArmorVerdict; readonly rule: ArmorRule }[] = [];
  let isDecided = false;
  for (const rule of rules) {
    const truth = evaluate(rule.condition, subject);
    if (truth !== false) possible.push({ verdict: verdictOf(rule, stage), rule });
    isDecided = truth === true;
    if (isDecided) break;
  }
  const [first, ...others] = possible;
  // The provider asks for a rule that matches everything; without it, nothing says what happens.
  if (first === undefined || !isDecided)
    return unsure("has no default rule (priority 2147483647, any address), and no other that is known to match", by);
  if (others.every(({ verdict }) => isSame(verdict, first.verdict))) return first.verdict;
  const verdicts = possible.map(({ verdict }) => verdict);
  if (verdicts.every((verdict) => verdict.kind === "passes")) return sameButHeaders(possible.map(({ rule }) => rule));
  const what = `is a rule (priority ${first.rule.priority}) that may match, which cannot be told, and decides the request`;
  return unsure(what, first.rule.by);
}

function unsure(reason: string, by: Unknown["by"]): ArmorVerdict {
  return { kind: "unsure", unknowns: [{ kind: "unknown", reason, affects: "refusal", by }] };
}

/** Whichever rule matches lets the request pass; only the headers that it adds are open. */
function sameButHeaders(rules: readonly ArmorRule[]): ArmorVerdict {
  const names = new Set(rules.flatMap(({ add }) => add.map(({ name }) => name.toLowerCase())));
  const unread = rules.flatMap(({ unknowns }) => unknowns);
  const { by, priority } = rules[0]!;
  const reason = `a rule (priority ${priority}) that may match, which cannot be told, adds it`;
  const open = [...names].map((header): Unknown => ({ kind: "unknown", reason, affects: "headers", header, by }));
  return { kind: "unsure", unknowns: [...unread, ...open] };
}

function verdictOf(rule: ArmorRule, stage: Stage): ArmorVerdict {
  const { action, by, priority } = rule;
  if (action.kind === "unknown") return { kind: "unsure", unknowns: [action] };
  if (action.kind === "pass") return { kind: "passes", rule };
  const [status, does] = action.kind === "deny" ? [action.status, "denies the request with"] : [302, "redirects with"];
  const effect = `${does} ${status}: rule of the security policy with priority ${priority}`;
  const act: StagedAct = { ...by, effect, fact: "P6", stage };
  return {
    kind: "answers",
    isRedirect: action.kind === "redirect",
    answer: {
      status,
      headers: action.kind === "redirect" ? [["location", action.location]] : [],
      body: action.kind === "deny" ? "denied by policy" : "",
      by: act,
    },
  };
}

/** True for two verdicts that no client and no service can tell apart. */
function isSame(a: ArmorVerdict, b: ArmorVerdict): boolean {
  if (a.kind === "answers" && b.kind === "answers")
    return JSON.stringify([a.answer.status, a.answer.headers]) === JSON.stringify([b.answer.status, b.answer.headers]);
  if (a.kind !== "passes" || b.kind !== "passes") return a === b;
  const written = ({ rule }: typeof a): string =>
    JSON.stringify([rule?.add.map(({ name, value }) => [name.toLowerCase(), value]) ?? [], rule?.unknowns.length ?? 0]);
  return written(a) === written(b);
}
