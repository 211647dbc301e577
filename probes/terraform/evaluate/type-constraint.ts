import type { Expression } from "../syntax/syntax.ts";
import { convert, inAttribute } from "./convert.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { isCollection, isKeyed, object, tuple } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";
import { typeName } from "./type.ts";
import type { Type } from "./type.ts";

/** The type of a variable, with what stands for attributes that are left out. */
export type Constraint =
  | { readonly kind: "type"; readonly type: Type }
  | { readonly kind: "list" | "set" | "map"; readonly element: Constraint }
  | { readonly kind: "tuple"; readonly elements: readonly Constraint[] }
  | { readonly kind: "object"; readonly attributes: ReadonlyMap<string, ConstrainedAttribute> };

interface ConstrainedAttribute {
  readonly constraint: Constraint;
  readonly isOptional: boolean;
  readonly fallback?: Evaluated;
}

const ANY: Constraint = { kind: "type", type: "any" };
const KEYWORDS: ReadonlyMap<string, Constraint> = new Map<string, Constraint>([
  ["string", { kind: "type", type: "string" }],
  ["number", { kind: "type", type: "number" }],
  ["bool", { kind: "type", type: "bool" }],
  ["any", ANY],
  // Without an element type, as the first versions of the language wrote them.
  ["list", { kind: "list", element: ANY }],
  ["map", { kind: "map", element: ANY }],
  ["set", { kind: "set", element: ANY }],
]);

/**
 * The type that an expression spells.
 * @param constant evaluates the default of an optional attribute.
 * @throws EvaluationError for what spells none.
 */
export function typeConstraint(expression: Expression, constant: (expression: Expression) => Evaluated): Constraint {
  const written = expression.kind === "name" ? expression.name : expression.kind === "literal" ? expression.value : "";
  const keyword = KEYWORDS.get(String(written));
  if (keyword !== undefined) return keyword;
  if (expression.kind !== "call") throw new EvaluationError(`${expression.text} is no type`);
  const [arg] = expression.args;
  const { name } = expression;
  if ((name === "list" || name === "set" || name === "map") && arg !== undefined)
    return { kind: name, element: typeConstraint(arg, constant) };
  if (name === "tuple" && arg?.kind === "tuple")
    return { kind: "tuple", elements: arg.items.map((item) => typeConstraint(item, constant)) };
  if (name === "object" && arg?.kind === "object") return objectConstraint(arg, constant);
  throw new EvaluationError(`${expression.text} is no type`);
}

function objectConstraint(
  { entries }: Extract<Expression, { kind: "object" }>,
  constant: (expression: Expression) => Evaluated,
): Constraint {
  const attributes = entries.map(({ key, value }): [string, ConstrainedAttribute] => {
    const name = key.kind === "literal" ? String(key.value) : key.text;
    if (value.kind !== "call" || value.name !== "optional")
      return [name, { constraint: typeConstraint(value, constant), isOptional: false }];
    const [type, fallback] = value.args;
    if (type === undefined) throw new EvaluationError("optional() takes a type, and may take a default");
    const constraint = typeConstraint(type, constant);
    if (fallback === undefined) return [name, { constraint, isOptional: true }];
    return [name, { constraint, isOptional: true, fallback: constrained(constant(fallback), constraint) }];
  });
  return { kind: "object", attributes: new Map(attributes) };
}

/** True for a variable that is given as a plain text on the command line, not as an expression. */
export function takesPlainText(constraint: Constraint | undefined): boolean {
  return constraint === undefined || (constraint.kind === "type" && constraint.type !== "any");
}

/** A value as a variable of this type holds it. @throws EvaluationError for a value of another type. */
export function constrained(value: Evaluated, constraint: Constraint): Evaluated {
  if (constraint.kind === "type") return convert(value, constraint.type);
  if (value.kind === "null" || value.kind === "unknown") return convert(value, typeOfConstraint(constraint));
  switch (constraint.kind) {
    case "object":
      return constrainedObject(value, constraint.attributes);
    case "map":
      return constrainedMap(value, constraint);
    case "list":
    case "set": {
      if (!isCollection(value)) return refuse(value, constraint);
      const items = value.items.map((item) => constrained(item, constraint.element));
      return convert(tuple(items), { kind: constraint.kind, element: typeOfConstraint(constraint.element) });
    }
    case "tuple": {
      if (!isCollection(value) || value.items.length !== constraint.elements.length) return refuse(value, constraint);
      return tuple(value.items.map((item, index) => constrained(item, constraint.elements[index]!)));
    }
  }
}

function refuse(value: Evaluated, constraint: Constraint): never {
  throw new EvaluationError(`${typeName(typeOfConstraint(constraint))} required, but have ${value.kind}`);
}

function constrainedMap(
  value: Evaluated,
  constraint: Extract<Constraint, { kind: "list" | "set" | "map" }>,
): Evaluated {
  if (value.kind === "instance") return convert(value, typeOfConstraint(constraint));
  if (!isKeyed(value)) return refuse(value, constraint);
  const entries = [...value.entries].map(
    ([key, each]) => [key, inAttribute(key, () => constrained(each, constraint.element))] as const,
  );
  return convert(object(entries), { kind: "map", element: typeOfConstraint(constraint.element) });
}

/** What the type does not name is left out. */
function constrainedObject(value: Evaluated, attributes: ReadonlyMap<string, ConstrainedAttribute>): Evaluated {
  // Whole resources are passed on as they are: which attributes they have is the provider's to say.
  if (value.kind === "instance") return value;
  if (!isKeyed(value)) return refuse(value, { kind: "object", attributes });
  const entries = [...attributes].map(([key, { constraint, isOptional, fallback }]): [string, Evaluated] => {
    const found = value.entries.get(key);
    if (found === undefined && !isOptional) throw new EvaluationError(`attribute ${JSON.stringify(key)} is required`);
    const isMissing = found === undefined || (found.kind === "null" && fallback !== undefined);
    if (!isMissing) return [key, inAttribute(key, () => constrained(found, constraint))];
    return [key, fallback ?? { kind: "null", type: typeOfConstraint(constraint) }];
  });
  return object(entries);
}

function typeOfConstraint(constraint: Constraint): Type {
  switch (constraint.kind) {
    case "type":
      return constraint.type;
    case "list":
    case "set":
    case "map":
      return { kind: constraint.kind, element: typeOfConstraint(constraint.element) };
    case "tuple":
      return { kind: "tuple", elements: constraint.elements.map(typeOfConstraint) };
    case "object": {
      const types = [...constraint.attributes].map(([key, each]) => [key, typeOfConstraint(each.constraint)] as const);
      return { kind: "object", attributes: new Map(types) };
    }
  }
}
