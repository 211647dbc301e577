import type { z } from "zod";
import type { LocatedYaml, Path } from "./locate.ts";
import { nearest } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { contractFile } from "./schema.ts";

type Issue = z.core.$ZodIssue;
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
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, yaml));
}

/** A path as a person says it: `routes[0].headers[1]`. */
export function pathText(path: Path): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** A value as written, on one line, cut to 60 characters. */
export function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function problemsOf(issue: Issue, yaml: LocatedYaml): Problem[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(path, key, yaml));
  if (issue.code === "invalid_union") return [unionProblem(issue, path, yaml)];
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

/** The branch of a union that came closest: the one whose first issue lies deepest; else all scalar choices. */
function unionProblem(issue: Extract<Issue, { code: "invalid_union" }>, path: Path, yaml: LocatedYaml): Problem {
  const deepest = issue.errors
    .map((branch) => branch[0])
    .filter((first) => first !== undefined && (first.path.length > 0 || first.code === "unrecognized_keys"))
    .sort((a, b) => b!.path.length - a!.path.length)[0];
  if (deepest !== undefined && typeof issue.input === "object") {
    const nested = { ...deepest, path: [...path, ...deepest.path] } as Issue;
    return problemsOf(nested, yaml)[0]!;
  }
  const valid = issue.errors.flatMap((branch) => branch.flatMap(choicesOf));
  const near = typeof issue.input === "string" ? nearest(issue.input, valid) : undefined;
  const schemaKeys = keysAt(path);
  return {
    at: yaml.at(path),
    path: pathText(path),
    message: issue.input === undefined ? "is missing" : "is not one of the valid choices",
    ...(issue.input !== undefined && { value: valueText(issue.input) }),
    valid: [...valid, ...schemaKeys.map((key) => `{ ${key}: … }`)],
    ...(near !== undefined && { nearest: near }),
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
