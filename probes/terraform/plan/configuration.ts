/** The `configuration` of a plan, as far as it says what refers to what. Every part may be missing. */
export interface PlanModule {
  readonly resources?: readonly PlanResource[];
  readonly module_calls?: Readonly<Record<string, ModuleCall>>;
  readonly outputs?: Readonly<Record<string, { readonly expression?: PlanExpression }>>;
}

export interface PlanResource {
  readonly address: string;
  readonly expressions?: Expressions;
  readonly for_each_expression?: PlanExpression;
}

export interface ModuleCall {
  readonly source?: string;
  readonly expressions?: Expressions;
  readonly module?: PlanModule;
  readonly for_each_expression?: PlanExpression;
}

/** Expressions of a block's attributes; nested blocks stand as a list, in the order of the source. */
export type Expressions = Readonly<Record<string, PlanExpression | readonly Expressions[]>>;

export interface PlanExpression {
  readonly constant_value?: unknown;
  /** `a.b.c` and every beginning of it that names something. */
  readonly references?: readonly string[];
}

/** Whether it is an attribute's own expression, and not the expressions of nested blocks. */
export function isExpression(value: unknown): value is PlanExpression {
  return isRecord(value) && ("references" in value || "constant_value" in value);
}

/** The expressions of the one nested block that can be the one of these values; sets lose their order in a plan. */
export function blockFor(blocks: readonly Expressions[], values: unknown, index: number): Expressions | undefined {
  const fitting = blocks.filter((block) => fits(block, values));
  if (fitting.length <= 1) return fitting[0];
  const own = blocks[index];
  const inOrder = own !== undefined && fitting.includes(own) && blocks.every((block) => fitting.includes(block));
  const same = new Set(fitting.map((block) => JSON.stringify(block))).size === 1;
  return same || inOrder ? (own ?? fitting[0]) : undefined;
}

function fits(block: Expressions, values: unknown): boolean {
  if (!isRecord(values)) return false;
  return Object.entries(block).every(([name, expression]) => {
    const written = values[name];
    if (isExpression(expression))
      // Of JSON Terraform says the text of a template as a constant, beside what it refers to: no value equals that.
      return (
        expression.constant_value === undefined ||
        (expression.references ?? []).length > 0 ||
        written === undefined ||
        same(expression.constant_value, written)
      );
    if (!Array.isArray(expression) || !Array.isArray(written)) return true;
    return (expression as Expressions[]).every((inner) => written.some((each) => fits(inner, each)));
  });
}

/** Whether two values are the same as Terraform converts them: `"15"` is 15, and a set has no order. */
function same(one: unknown, other: unknown): boolean {
  const text = (value: unknown): string => {
    if (Array.isArray(value)) return JSON.stringify(value.map(text).sort());
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  return text(one) === text(other);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
