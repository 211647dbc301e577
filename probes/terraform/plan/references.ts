import type { ModuleCall, PlanExpression, PlanModule } from "./configuration.ts";

/** What an expression of a plan refers to, as far as the plan tells. */
export type Referred =
  | { readonly kind: "resource"; readonly address: string; readonly attribute: string }
  | { readonly kind: "unclear"; readonly reason: string };

/** Where an expression stands: its module, and the keys of the instances around it. */
export interface Scope {
  /** `module.edge["a"]`, or nothing in the root module. */
  readonly module: string;
  readonly configuration: PlanModule;
  /** `["a"]` or `[0]` of the resource or module call that the expression belongs to; empty where it has none. */
  readonly instance: string;
  readonly forEach: PlanExpression | undefined;
  /** The module call that made this module, and where that stands. */
  readonly caller: { readonly call: ModuleCall; readonly scope: Scope } | undefined;
}

/** Names that choose among instances and are nothing themselves. */
const SELECTORS = /^(each\.key|count\.index|path\.\w+|terraform\.\w+)$/;
const RESOURCE = /^([a-z][a-z0-9_]*)\.([A-Za-z0-9_-]+)(\[(?:\d+|"[^"]*")\])?(?:\.(.+))?$/;
const MODULE = /^module\.([A-Za-z0-9_-]+)(\[(?:\d+|"[^"]*")\])?\.([A-Za-z0-9_-]+)/;
const MAX_DEPTH = 40;

/** The references that are no beginning of another one: what the expression really names. */
export function leavesOf({ references = [] }: PlanExpression): string[] {
  const isBeginning = (one: string): boolean =>
    references.some((other) => other.startsWith(`${one}.`) || other.startsWith(`${one}[`));
  return references.filter((one) => !isBeginning(one) && !SELECTORS.test(one));
}

/** What one expression refers to, if that is one thing. */
export function referredBy(
  expression: PlanExpression,
  scope: Scope,
  instances: ReadonlySet<string>,
  depth = 0,
): Referred {
  const leaves = leavesOf(expression);
  const [leaf, another] = leaves;
  if (leaf === undefined) return unclear("the plan names nothing that the expression refers to");
  if (another !== undefined) return unclear(`is an expression over ${leaves.join(", ")}, which a plan does not hold`);
  if (depth > MAX_DEPTH) return unclear(`goes through more than ${MAX_DEPTH} references`);
  return referredByLeaf(leaf, scope, instances, depth);
}

/** What one of the references of an expression refers to. */
export function referredByLeaf(leaf: string, scope: Scope, instances: ReadonlySet<string>, depth = 0): Referred {
  if (leaf.startsWith("var.")) return throughVariable(leaf, scope, instances, depth);
  if (leaf.startsWith("module.")) return throughOutput(leaf, scope, instances, depth);
  if (leaf.startsWith("each.value")) return throughEach(leaf, scope, instances, depth);
  if (leaf.startsWith("local.")) return unclear(`goes through ${leaf}, whose expression a plan does not hold`);
  if (leaf.startsWith("data.")) return unclear(`is read by ${leaf} when Terraform applies`);
  const [, type, name, index, attribute = ""] = RESOURCE.exec(leaf) ?? [];
  if (type === undefined) return unclear(`refers to ${leaf}, which is not understood`);
  const base = `${scope.module === "" ? "" : `${scope.module}.`}${type}.${name}`;
  return instanceOf(base, index, attribute, scope, instances);
}

function instanceOf(
  base: string,
  index: string | undefined,
  attribute: string,
  { instance }: Scope,
  instances: ReadonlySet<string>,
): Referred {
  const wanted = [index === undefined ? undefined : `${base}${index}`, base, `${base}${instance}`];
  const found = wanted.find((address) => address !== undefined && instances.has(address));
  if (found !== undefined) return { kind: "resource", address: found, attribute };
  const own = [...instances].filter((address) => address.startsWith(`${base}[`));
  if (index === undefined && own.length === 1) return { kind: "resource", address: own[0]!, attribute };
  return unclear(
    own.length === 0
      ? `refers to ${base}${index ?? ""}, which the plan does not hold`
      : `refers to one of ${own.length} instances of ${base}, and the plan does not say which`,
  );
}

function throughVariable(leaf: string, scope: Scope, instances: ReadonlySet<string>, depth: number): Referred {
  const name = /^var\.([A-Za-z0-9_-]+)/.exec(leaf)?.[1] ?? "";
  const { caller } = scope;
  const expression = caller?.call.expressions?.[name];
  if (caller === undefined || expression === undefined || Array.isArray(expression))
    return unclear(`is the value of ${leaf}, which the plan does not hold`);
  // An element of the variable is an element of whatever was passed; which one, a plan does not say.
  if (leaf !== `var.${name}` && leavesOf(expression as PlanExpression).length > 1)
    return unclear(`is a part of var.${name}, and the plan does not say which`);
  return referredBy(expression as PlanExpression, caller.scope, instances, depth + 1);
}

function throughOutput(leaf: string, scope: Scope, instances: ReadonlySet<string>, depth: number): Referred {
  const [, call = "", index, output = ""] = MODULE.exec(leaf) ?? [];
  const made = scope.configuration.module_calls?.[call];
  const expression = made?.module?.outputs?.[output]?.expression;
  if (made?.module === undefined || expression === undefined)
    return unclear(`is output ${output} of module ${call}, which the plan does not hold`);
  const base = `${scope.module === "" ? "" : `${scope.module}.`}module.${call}`;
  const isMany = made.for_each_expression !== undefined;
  const instance = index ?? (isMany ? scope.instance : "");
  const inner: Scope = {
    module: `${base}${instance}`,
    configuration: made.module,
    instance: "",
    forEach: undefined,
    caller: { call: made, scope: { ...scope, instance, forEach: made.for_each_expression } },
  };
  return referredBy(expression, inner, instances, depth + 1);
}

/** With `for_each = google_x.y` the value is the instance of the same key. */
function throughEach(leaf: string, scope: Scope, instances: ReadonlySet<string>, depth: number): Referred {
  const leaves = scope.forEach === undefined ? [] : leavesOf(scope.forEach);
  const [over, another] = leaves;
  if (over === undefined || another !== undefined || !RESOURCE.test(over) || /^(var|local|data|module)\./.test(over))
    return unclear(`is ${leaf}, and the plan does not hold what for_each goes over`);
  const found = referredByLeaf(`${over}${scope.instance}`, scope, instances, depth + 1);
  return found.kind === "resource" ? { ...found, attribute: leaf.replace(/^each\.value\.?/, "") } : found;
}

function unclear(reason: string): Referred {
  return { kind: "unclear", reason };
}
