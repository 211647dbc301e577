import type * as z from "zod";
import type { LocatedYaml, Path } from "./locate.ts";
import { nearest } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { contractFile } from "./schema.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = Extract<Issue, { code: "invalid_union" }>;
interface Definition {
  readonly type: string;
  readonly shape?: Record<string, z.core.$ZodType>;
  readonly valueType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
}

/** Problems of shape: unknown keys, missing keys, wrong types, values outside a closed set. */
export function shapeProblems(yaml: LocatedYaml): Problem[] {
  const parsed = contractFile.safeParse(yaml.value, { reportInput: true });
  const issues = parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, yaml));
  return [...issues, ...unusableKeys(yaml.value, yaml)];
}

/** The schema passes over `__proto__` in silence, and what stands there would be lost. Each value is looked at once. */
function unusableKeys(value: unknown, yaml: LocatedYaml, path: Path = [], seen = new Set<unknown>()): Problem[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const own = [...path, Array.isArray(value) ? Number(key) : key];
    const message = "is a key that nothing can have";
    if (key === "__proto__") return [{ at: yaml.keyAt(own), path: pathText(own), message, value: valueText(key) }];
    return unusableKeys(inner, yaml, own, seen);
  });
}

/** A path as a person says it: `routes[0].headers[1]`. */
export function pathText(path: Path): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** A value as written, on one line, cut to 60 characters. */
export function valueText(value: unknown): string {
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "(a value that holds itself)";
  }
}

function problemsOf(issue: Issue, yaml: LocatedYaml): Problem[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, yaml));
  if (issue.code === "invalid_union") return unionProblems(issue, path, yaml);
  if (issue.code === "invalid_key") {
    return [
      {
        at: yaml.keyAt(path),
        path: pathText(path),
        message: issue.issues[0]?.message ?? issue.message,
        value: valueText(path.at(-1)),
      },
    ];
  }
  return [plainProblem(issue, path, yaml)];
}

function plainProblem(issue: Issue, path: Path, yaml: LocatedYaml): Problem {
  const base = { at: yaml.at(path), path: pathText(path) };
  if (issue.input === undefined) {
    return { ...base, at: yaml.keyAt(path.slice(0, -1)), message: `is missing: ${expectation(issue)}` };
  }
  const valid = choicesOf(issue);
  const near = typeof issue.input === "string" ? nearest(issue.input, valid) : undefined;
  return {
    ...base,
    message: valid.length > 0 ? "is not one of the valid choices" : expectation(issue),
    value: valueText(issue.input),
    ...(valid.length > 0 && { valid }),
    ...(near !== undefined && { nearest: near }),
  };
}

/**
 * A mapping that fits no branch is read as the branch it comes closest to; a plain value gets all the choices, and where
 * the branches name none, what the union asks for.
 */
function unionProblems(issue: UnionIssue, path: Path, yaml: LocatedYaml): Problem[] {
  const { input } = issue;
  if (typeof input === "object" && input !== null && !Array.isArray(input))
    return mappingProblems(issue, input, path, yaml);
  const plain = issue.errors.flatMap((branch) => branch.flatMap(choicesOf));
  const valid = [...plain, ...keysAt(path).map((key) => `{ ${key}: … }`)];
  const near = typeof input === "string" ? nearest(input, plain) : undefined;
  const wanted = valid.length === 0 ? issue.message : undefined;
  return [
    {
      at: yaml.at(path),
      path: pathText(path),
      message:
        input === undefined
          ? ["is missing", ...(wanted === undefined ? [] : [wanted])].join(": ")
          : (wanted ?? "is not one of the valid choices"),
      ...(input !== undefined && { value: valueText(input) }),
      valid,
      ...(near !== undefined && { nearest: near }),
    },
  ];
}

function mappingProblems(issue: UnionIssue, input: object, path: Path, yaml: LocatedYaml): Problem[] {
  const known = keysAt(path);
  const foreign = Object.keys(input).filter((key) => !known.includes(key));
  if (foreign.length > 0) return foreign.map((key) => unknownKey(path, key, yaml));
  const [closest = []] = [...issue.errors].sort((a, b) => a.length - b.length);
  return closest.flatMap((inner) => {
    const at = [...path, ...(inner.path as Path)];
    if (inner.code !== "unrecognized_keys") return problemsOf({ ...inner, path: at }, yaml);
    return inner.keys.map((key) => misplacedKey(at, key, yaml));
  });
}

/** A key that exists, and not beside the others that are there. */
function misplacedKey(path: Path, key: string, yaml: LocatedYaml): Problem {
  const own = [...path, key];
  return {
    at: yaml.keyAt(own),
    path: pathText(own),
    message: "does not go with the other keys here",
    value: valueText(key),
  };
}

function unknownKey(path: Path, key: string, yaml: LocatedYaml): Problem {
  const valid = keysAt(path);
  const near = nearest(key, valid);
  return {
    at: yaml.keyAt([...path, key]),
    path: pathText([...path, key]),
    message: "unknown key",
    value: valueText(key),
    valid,
    ...(near !== undefined && { nearest: near }),
  };
}

function choicesOf(issue: Issue): string[] {
  return issue.code === "invalid_value" ? issue.values.map(String) : [];
}

function expectation(issue: Issue): string {
  if (issue.code === "invalid_type") return `must be ${article(issue.expected)}`;
  if (issue.code === "too_small" && issue.origin === "number") return `must be at least ${String(issue.minimum)}`;
  if (issue.code === "too_big" && issue.origin === "number") return `must be at most ${String(issue.maximum)}`;
  return issue.message;
}

function article(type: string): string {
  const names: Record<string, string> = {
    object: "a mapping",
    record: "a mapping",
    array: "a list",
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
  };
  return names[type] ?? type;
}

/** The keys that the schema knows at `path`, looked up in the schema itself so that they cannot drift from it. */
function keysAt(path: Path): string[] {
  let candidates: z.core.$ZodType[] = [contractFile];
  for (const step of path) candidates = candidates.flatMap(unwrap).flatMap((schema) => childSchemas(schema, step));
  return [...new Set(candidates.flatMap(unwrap).flatMap((schema) => Object.keys(definition(schema).shape ?? {})))];
}

function definition(schema: z.core.$ZodType): Definition {
  return schema._zod.def;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { innerType, options } = definition(schema);
  if (innerType !== undefined) return unwrap(innerType);
  return options !== undefined ? options.flatMap(unwrap) : [schema];
}

function childSchemas(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  const { shape, valueType, element } = definition(schema);
  const child = shape?.[String(step)] ?? valueType ?? element;
  return child === undefined ? [] : [child];
}
