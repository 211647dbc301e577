import { valuesOf } from "../../http/header-list.ts";
import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { Unknown } from "../facts/provenance.ts";
import type { EdgeRequest } from "../facts/trace.ts";
import type { Oracle } from "./assumptions.ts";
import type { Product } from "./edge-model.ts";
import { folded, mayHold } from "./partial-text.ts";
import { matches } from "./re2.ts";
import type { Expression } from "./re2.ts";
import type { NamedPredicate, PathPredicate, RouteMatch, RouteRule, TextPredicate } from "./url-map.ts";

/** What a route rule is held against: the client's own request (fact U15), with the path as it is matched. */
export interface Matchable {
  readonly request: EdgeRequest;
  readonly host: string;
  readonly path: string;
  readonly product: Product;
  readonly asked: Oracle;
}

/** Whether something holds; an unknown says why that cannot be told. */
export type Truth = boolean | Unknown;

/** The alternatives of a rule: one that holds is enough; one that cannot be told matters where none holds. */
export function ruleMatches(rule: RouteRule, subject: Matchable): { truth: Truth; match?: RouteMatch } {
  let open: Unknown | undefined;
  for (const match of rule.matches) {
    const truth = "reason" in match ? match : matchHolds(match, subject);
    if (truth === true && !("reason" in match)) return { truth, match };
    if (typeof truth === "object") open ??= truth;
  }
  return { truth: open ?? false };
}

/** Everything in one alternative must hold; a predicate that fails settles it whatever the others are (fact U13). */
function matchHolds({ path, headers, query, open }: RouteMatch, subject: Matchable): Truth {
  const byPath = path === undefined || pathHolds(path, subject);
  // Most rules are told by their path alone.
  if (byPath === false) return false;
  let because = typeof byPath === "object" ? byPath : open[0];
  const parameters = query.length === 0 ? undefined : queryOf(subject.request.target);
  const checks: (() => Truth)[] = [
    ...query.map((each) => () => parameterHolds(each, parameters!, subject)),
    ...headers.map((each) => () => headerHolds(each, subject)),
  ];
  for (const check of checks) {
    const truth = check();
    if (truth === false) return false;
    if (truth !== true) because ??= truth;
  }
  return because ?? true;
}

/** Whether a path meets a predicate on every balancer; what cannot be told is no. */
export function pathAlone(predicate: PathPredicate, path: string): boolean {
  if (predicate.kind === "template") return predicate.pattern.test(path);
  if (predicate.kind === "partial") return false;
  if (predicate.kind === "regex") return predicate.pattern !== undefined && matches(predicate.pattern, path) === true;
  return wordHolds(predicate, path);
}

/** `prefix_match` is a literal prefix, `full_path_match` the whole path (fact U13). */
function pathHolds(predicate: PathPredicate, { path, product }: Matchable): Truth {
  if (predicate.kind === "template") return predicate.pattern.test(path);
  if (predicate.kind === "regex") return regexHolds(predicate.pattern, path, product, predicate.by);
  if (predicate.kind === "partial") {
    const { text, of, ignoreCase } = predicate;
    const may = ignoreCase ? mayHold(folded(text), of, path.toLowerCase()) : mayHold(text, of, path);
    return may ? text.because : false;
  }
  return wordHolds(predicate, path);
}

function wordHolds(predicate: Extract<PathPredicate, { kind: "exact" | "prefix" }>, path: string): boolean {
  const [wanted, given] = predicate.ignoreCase
    ? [predicate.path.toLowerCase(), path.toLowerCase()]
    : [predicate.path, path];
  return predicate.kind === "exact" ? given === wanted : given.startsWith(wanted);
}

/** Expressions are for regional and internal balancers (fact U14); those that only RE2 has are not evaluated. */
function regexHolds(pattern: Expression | undefined, text: string, product: Product, by: PathPredicate["by"]): Truth {
  if (product === "global" || product === "classic")
    return {
      kind: "unknown",
      reason: `matches by an expression, which the ${product} balancer does not have (U14)`,
      by,
    };
  const truth = pattern === undefined ? undefined : matches(pattern, text);
  return truth ?? { kind: "unknown", reason: "matches by an expression that is not evaluated here", by };
}

interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** Parameters of a query as they are written, and decoded. */
function queryOf(target: string): { written: Parameter[]; decoded: Parameter[] } {
  const query = target.split("?").slice(1).join("?");
  const written = query
    .split("&")
    .filter((each) => each !== "")
    .map((each): Parameter => {
      const [name = "", ...value] = each.split("=");
      return { name, value: value.join("=") };
    });
  return { written, decoded: [...new URLSearchParams(query)].map(([name, value]) => ({ name, value })) };
}

/** Whether parameters are decoded first, and which of several counts, no page says: it is open where it matters. */
function parameterHolds(
  predicate: NamedPredicate,
  { written, decoded }: ReturnType<typeof queryOf>,
  subject: Matchable,
): Truth {
  const readings = [written, decoded].flatMap((all) => {
    const values = all.filter(({ name }) => name === predicate.name).map(({ value }) => value);
    return values.length === 0 ? [undefined] : values;
  });
  const [first = false, ...others] = readings.map((value) => namedHolds(predicate, value, subject));
  if (typeof first === "object" || others.every((truth) => truth === first)) return first;
  const reason = `asks for the parameter ${predicate.name}, which stands in the query several times or encoded`;
  return { kind: "unknown", reason, by: predicate.by };
}

function headerHolds(predicate: NamedPredicate, subject: Matchable): Truth {
  const { request, host, asked } = subject;
  const name = predicate.name.toLowerCase();
  if (name === ":authority") return namedHolds(predicate, host, subject);
  if (name === ":method") return namedHolds(predicate, request.method, subject);
  if (name.startsWith(":"))
    return { kind: "unknown", reason: `asks for ${name}, a name that the facts do not list (U15)`, by: predicate.by };
  // Whether a rule sees what the proxy keeps to itself is open (Q6).
  if (isHopByHop(name) && valuesOf(request.headers, name).length > 0 && asked.assume("match-hop-by-hop") === "hidden")
    return namedHolds(predicate, undefined, subject);
  const values = valuesOf(request.headers, name);
  return namedHolds(predicate, values.length === 0 ? undefined : values.join(","), subject);
}

/**
 * A value that is not there meets no predicate; `invert_match` turns the answer round (fact U15). Envoy does not turn it
 * round for a header that is not there, unless presence is what was asked for.
 */
function namedHolds(
  { predicate, inverted, by }: NamedPredicate,
  value: string | undefined,
  { product, asked }: Matchable,
): Truth {
  if (value === undefined && inverted && predicate.kind !== "present")
    return asked.assume("inverted-match-of-nothing") === "matches";
  const truth = value === undefined ? false : textHolds(predicate, value, product, by);
  return typeof truth === "boolean" ? truth !== inverted : truth;
}

function textHolds(predicate: TextPredicate, value: string, product: Product, by: NamedPredicate["by"]): Truth {
  switch (predicate.kind) {
    case "present":
      return true;
    case "exact":
      return value === predicate.text;
    case "prefix":
      return value.startsWith(predicate.text);
    case "suffix":
      return value.endsWith(predicate.text);
    case "partial":
      return mayHold(predicate.text, predicate.of, value) ? predicate.text.because : false;
    case "range": {
      const number = /^-?\d+$/.test(value) ? Number(value) : undefined;
      return number !== undefined && number >= predicate.from && number < predicate.below;
    }
    case "regex":
      return regexHolds(predicate.pattern, value, product, by);
  }
}
