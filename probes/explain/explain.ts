import type { Explanation, FactText } from "../facts/explanation.ts";
import type { RuleText } from "../facts/result.ts";
import { ASSUMPTIONS } from "../model/assumptions.ts";
import { BEHAVIOURS } from "../model/behaviours.ts";
import type { Standing } from "../model/behaviours.ts";
import { OBSERVED_RULES } from "../rules/observed/index.ts";
import { STATIC_RULES } from "../rules/static/index.ts";
import { WAIVER_RULES } from "../waivers/rules.ts";
import FACTS from "./facts.json" with { type: "json" };

const SCHEMA = "headgate-explanation/1";

/** A group of ids that can be explained. */
export interface Shelf {
  readonly title: string;
  readonly ids: readonly string[];
}

/** Everything that can be explained, by kind. */
export function shelves(): Shelf[] {
  return [
    { title: "rules on what a service receives", ids: OBSERVED_RULES.map(({ id }) => id) },
    { title: "rules on configurations", ids: STATIC_RULES.map(({ id }) => id) },
    { title: "rules on waivers", ids: Object.values(WAIVER_RULES).map(({ id }) => id) },
    { title: "open questions", ids: Object.keys(ASSUMPTIONS) },
    { title: "behaviours", ids: BEHAVIOURS.map(({ id }) => id) },
    { title: "facts", ids: FACTS.map(({ id }) => id) },
  ];
}

/** What is known of an id, in whatever case it is written; undefined: there is no such id. */
export function explain(wanted: string): Explanation | undefined {
  const id = shelves()
    .flatMap(({ ids }) => ids)
    .find((each) => each.toLowerCase() === wanted.toLowerCase());
  if (id === undefined) return undefined;
  return ruleExplained(id) ?? questionExplained(id) ?? behaviourExplained(id) ?? factExplained(id);
}

function ruleExplained(id: string): Explanation | undefined {
  const isIt = (rule: RuleText): boolean => rule.id === id;
  const observed = OBSERVED_RULES.find(isIt);
  if (observed !== undefined) return { ...said(observed), looksAt: "traffic" };
  const onConfiguration = STATIC_RULES.find(isIt);
  if (onConfiguration !== undefined) {
    const { severity, found } = onConfiguration;
    return { ...said(onConfiguration), looksAt: "configuration", severity, found };
  }
  const onWaivers = Object.values(WAIVER_RULES).find(isIt);
  return onWaivers === undefined ? undefined : { ...said(onWaivers), looksAt: "waivers", severity: onWaivers.severity };
}

function said({ id, title, because, fix, sources }: RuleText): Omit<Extract<Explanation, { kind: "rule" }>, "looksAt"> {
  return { schema: SCHEMA, kind: "rule", id, title, because, fix, sources: factsOf(sources) };
}

function questionExplained(id: string): Explanation | undefined {
  const [, found] = Object.entries(ASSUMPTIONS).find(([name]) => name === id) ?? [];
  if (found === undefined) return undefined;
  const { question, values, sources } = found;
  return { schema: SCHEMA, kind: "question", id, question, values, sources: factsOf(sources) };
}

function behaviourExplained(id: string): Explanation | undefined {
  const found = BEHAVIOURS.find((behaviour) => behaviour.id === id);
  if (found === undefined) return undefined;
  const { stage, what, standing, sources } = found;
  return {
    schema: SCHEMA,
    kind: "behaviour",
    id,
    stage,
    what,
    told: standingText(standing),
    sources: factsOf(sources),
  };
}

function standingText(standing: Standing): string {
  if (standing.kind === "asked") return `asked: ${standing.assumptions.join(", ")}`;
  return standing.kind === "elsewhere" ? `by ${standing.where}` : standing.kind;
}

function factExplained(id: string): Explanation | undefined {
  const found = FACTS.find((fact) => fact.id === id);
  if (found === undefined) return undefined;
  const rules = [...OBSERVED_RULES, ...STATIC_RULES].filter(({ sources }) => sources.includes(id));
  const questions = Object.entries(ASSUMPTIONS).filter(([, { sources }]) =>
    (sources as readonly string[]).includes(id),
  );
  const behaviours = BEHAVIOURS.filter(({ sources }) => sources.includes(id));
  const citedBy = [
    ...rules.map((rule) => rule.id),
    ...questions.map(([name]) => name),
    ...behaviours.map((each) => each.id),
  ];
  return { schema: SCHEMA, kind: "fact", ...found, citedBy };
}

/** A fact that the table does not have is named all the same. */
function factsOf(ids: readonly string[]): FactText[] {
  return ids.map((id) => FACTS.find((fact) => fact.id === id) ?? { id, fact: "", standing: "", source: "" });
}
