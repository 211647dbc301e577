import { isHopByHop } from "../../http/hop-by-hop.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import { isInRange } from "./ip-range.ts";
import { expressionAnywhere, matches, wholeExpression } from "./re2.ts";

/** A text that a condition looks at. */
export type ArmorText =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "path" | "method" | "query" }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "lower"; readonly of: ArmorText };

export type Comparison = "equals" | "differs" | "startsWith" | "endsWith" | "contains";

/** The part of Cloud Armor's rules language that the model evaluates; the rest of it is `opaque`. */
export type Condition =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "opaque"; readonly text: string }
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "and" | "or"; readonly of: readonly Condition[] }
  | { readonly kind: "has"; readonly name: string }
  | { readonly kind: "in-range"; readonly range: string }
  | { readonly kind: "matches"; readonly text: ArmorText; readonly pattern: string }
  | { readonly kind: "compare"; readonly by: Comparison; readonly left: ArmorText; readonly right: ArmorText };

/** What a rule sees of a request. */
export interface ArmorSubject {
  readonly clientAddress: string;
  readonly method: string;
  /** Path and query, as the client wrote them. */
  readonly target: string;
  /** Values of a header, by its name in lower case. */
  readonly values: (name: string) => readonly string[];
}

export type Truth = true | false | "unknown";

/** `missing`: a comparison with a header that is not there, which no rule matches by. */
type Outcome = Truth | "missing";

/** Whether a condition holds for a request, by Kleene's logic. */
export function evaluate(condition: Condition, subject: ArmorSubject): Truth {
  const outcome = outcomeOf(condition, subject);
  return outcome === "missing" ? false : outcome;
}

/** Names of the headers that a condition reads. */
export function headersRead(condition: Condition): string[] {
  switch (condition.kind) {
    case "not":
      return headersRead(condition.of);
    case "and":
    case "or":
      return condition.of.flatMap(headersRead);
    case "has":
      return [condition.name];
    case "compare":
      return [condition.left, condition.right].flatMap(headersOfText);
    case "matches":
      return headersOfText(condition.text);
    case "constant":
    case "opaque":
    case "in-range":
      return [];
  }
}

function headersOfText(text: ArmorText): string[] {
  if (text.kind === "lower") return headersOfText(text.of);
  return text.kind === "header" ? [text.name] : [];
}

function outcomeOf(condition: Condition, subject: ArmorSubject): Outcome {
  switch (condition.kind) {
    case "constant":
      return condition.value;
    case "opaque":
      return "unknown";
    case "not":
      return negated(outcomeOf(condition.of, subject));
    case "and":
      return firstOf([false, "missing", "unknown"], condition.of, subject) ?? true;
    case "or":
      return firstOf([true, "unknown", "missing"], condition.of, subject) ?? false;
    case "has":
      return isThere(condition.name, subject);
    case "in-range":
      return isInRange(subject.clientAddress, condition.range) ?? "unknown";
    case "matches":
      return matched(valueOf(condition.text, subject), condition.pattern);
    case "compare":
      return compared(condition.by, valueOf(condition.left, subject), valueOf(condition.right, subject));
  }
}

/** Whether a missing header makes the comparison false, or the rule not match, is the same until it is negated. */
function negated(outcome: Outcome): Outcome {
  return typeof outcome === "boolean" ? !outcome : "unknown";
}

/** The first of these outcomes that any part has. */
function firstOf(ranked: readonly Outcome[], parts: readonly Condition[], subject: ArmorSubject): Outcome | undefined {
  const outcomes = parts.map((part) => outcomeOf(part, subject));
  return ranked.find((outcome) => outcomes.includes(outcome));
}

type TextValue =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "missing" } | { readonly kind: "unknown" };

function compared(by: Comparison, left: TextValue, right: TextValue): Outcome {
  if (left.kind === "missing" || right.kind === "missing") return "missing";
  if (left.kind === "unknown" || right.kind === "unknown") return "unknown";
  const [a, b] = [left.text, right.text];
  if (a !== b && [a, b].some((text) => text.includes(PLACEHOLDER))) return comparedWithUnknown(by, a, b);
  switch (by) {
    case "equals":
      return a === b;
    case "differs":
      return a !== b;
    case "startsWith":
      return a.startsWith(b);
    case "endsWith":
      return a.endsWith(b);
    case "contains":
      return a.includes(b);
  }
}

/** Whether a pattern must match the whole text or any part of it is in no fact: told where both come to the same. */
function matched(value: TextValue, written: string): Outcome {
  if (value.kind !== "text") return value.kind;
  const [whole, anywhere] = [wholeExpression(written), expressionAnywhere(written)];
  if (whole === undefined || anywhere === undefined || value.text.includes(PLACEHOLDER)) return "unknown";
  const found = [matches(whole, value.text), matches(anywhere, value.text)];
  return found[0] !== undefined && found[0] === found[1] ? found[0] : "unknown";
}

/**
 * A text of which a part is known after an apply alone: equal to itself, and to others as far as the known parts fit.
 * Nothing more is said of other comparisons.
 */
function comparedWithUnknown(by: Comparison, a: string, b: string): Truth {
  if (by !== "equals" && by !== "differs") return "unknown";
  const [pattern, other] = a.includes(PLACEHOLDER) ? [a, b] : [b, a];
  const parts = pattern.split(PLACEHOLDER).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (other.includes(PLACEHOLDER) || new RegExp(`^${parts.join(".*")}$`, "s").test(other)) return "unknown";
  return by === "differs";
}

function valueOf(text: ArmorText, subject: ArmorSubject): TextValue {
  const query = subject.target.indexOf("?");
  switch (text.kind) {
    case "literal":
      return { kind: "text", text: text.value };
    case "method":
      return { kind: "text", text: subject.method };
    case "query":
      return { kind: "text", text: query === -1 ? "" : subject.target.slice(query + 1) };
    case "path":
      return pathValue(query === -1 ? subject.target : subject.target.slice(0, query));
    case "header":
      return headerValue(text.name, subject);
    case "lower": {
      const value = valueOf(text.of, subject);
      return value.kind === "text" ? { kind: "text", text: value.text.toLowerCase() } : value;
    }
  }
}

/** Whether a path is folded, resolved or decoded before a rule sees it is not documented (Q21). */
function pathValue(path: string): TextValue {
  return /\/\/|\\|%|\/\.\.?(?:\/|$)/.test(path) ? { kind: "unknown" } : { kind: "text", text: path };
}

function isThere(name: string, subject: ArmorSubject): Outcome {
  if (name !== name.toLowerCase() || subject.values(name).length === 0) return false;
  return isHopByHop(name) ? "unknown" : true;
}

/** Keys are in lower case. How several lines are joined, and what is seen of an upgrade's own headers, is open. */
function headerValue(name: string, subject: ArmorSubject): TextValue {
  if (name !== name.toLowerCase()) return { kind: "missing" };
  const [value, another] = subject.values(name);
  if (value === undefined) return { kind: "missing" };
  return another !== undefined || isHopByHop(name) ? { kind: "unknown" } : { kind: "text", text: value };
}
