import { join, resolve } from "node:path";
import type { Boundary } from "../boundary.ts";
import { ConfigurationError } from "../configuration-error.ts";
import { MAX_BYTES, readText } from "../files.ts";
import { childrenOf } from "../syntax/children.ts";
import { hclParser } from "../syntax/hcl.ts";
import type { Block, Expression, Place, SourceFile } from "../syntax/syntax.ts";
import { evaluate } from "./evaluate.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { isKeyed, text } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";
import { decodeJson } from "./functions/json.ts";
import type { Run, Scope } from "./scope.ts";
import { takesPlainText } from "./type-constraint.ts";
import { constraintOf } from "./variable.ts";

export interface InputSources {
  /** Folder of the root module. */
  readonly directory: string;
  readonly boundary: Boundary;
  /** `NAME=VALUE`. */
  readonly vars: readonly string[];
  readonly varFiles: readonly string[];
  /** `NAME=VALUE`, which everything else beats; names that are not declared are somebody else's. */
  readonly environment?: readonly string[];
  /** Called with each file that is read. */
  readonly onRead: (file: string, content: string) => void;
}

/** What is given for the variables of the root module. */
export interface Inputs {
  readonly values: ReadonlyMap<string, Evaluated>;
  readonly warnings: readonly string[];
}

/**
 * Values for variables in Terraform's order, each overriding those before: `terraform.tfvars`, `terraform.tfvars.json`,
 * `*.auto.tfvars` and `*.auto.tfvars.json` by name, then the files and the values of the command line.
 * @throws ConfigurationError for a file that cannot be read, and for a value that is none.
 */
export function readInputs(sources: InputSources, declared: ReadonlyMap<string, Block>, run: Run): Inputs {
  const { directory, boundary, vars, varFiles, environment = [] } = sources;
  const values = new Map<string, Evaluated>();
  const warnings: string[] = [];
  const give = (name: string, value: Evaluated, from: string): void => {
    if (!declared.has(name)) warnings.push(`${from} gives a value for ${name}, and there is no such variable`);
    values.set(name, value);
  };
  const own = automaticFiles(boundary.files(directory)).map((name) => join(directory, name));
  const scope = constantScope(run);
  for (const [name, value] of environment.map((written) => parseVar(written, declared, scope)))
    if (declared.has(name)) values.set(name, value);
  for (const file of own)
    for (const [name, value] of readVarFile(boundary.enter(file), file, sources, scope)) give(name, value, file);
  // What the user names may lie anywhere.
  for (const file of varFiles)
    for (const [name, value] of readVarFile(file, file, sources, scope)) give(name, value, file);
  for (const written of vars) {
    const [name, value] = parseVar(written, declared, scope);
    give(name, value, `--var ${name}`);
  }
  return { values, warnings };
}

function automaticFiles(names: readonly string[]): string[] {
  const first = ["terraform.tfvars", "terraform.tfvars.json"].filter((name) => names.includes(name));
  return [...first, ...names.filter((name) => /\.auto\.tfvars(?:\.json)?$/.test(name))];
}

function readVarFile(
  path: string,
  file: string,
  { boundary, onRead }: InputSources,
  scope: Scope,
): [string, Evaluated][] {
  // A file that the user names need not lie inside the boundary.
  boundary.onLook(resolve(path));
  const content = readText(path, MAX_BYTES.hcl, file);
  onRead(file, content);
  if (file.endsWith(".json")) return jsonValues(content, file);
  return hclValues(hclParser.parse(content, file), scope);
}

/** Texts of JSON are taken as they are here: nothing in them is replaced. */
function jsonValues(content: string, file: string): [string, Evaluated][] {
  try {
    const value = decodeJson(content.replace(/^\uFEFF/, ""));
    if (isKeyed(value)) return [...value.entries];
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new ConfigurationError(cause.message, { file });
  }
  throw new ConfigurationError("holds no object; a file of variables is an object with a key for each", { file });
}

function hclValues({ body }: SourceFile, scope: Scope): [string, Evaluated][] {
  return body.items.map((item) => {
    if (item.kind === "block")
      throw new ConfigurationError(`Unexpected "${item.type}" block; Blocks are not allowed here.`, item.at);
    return [item.name, constant(item.value, scope)];
  });
}

/** As `terraform -var` reads it: plain text for a variable of a plain type, else an expression. */
function parseVar(written: string, declared: ReadonlyMap<string, Block>, scope: Scope): [string, Evaluated] {
  const equals = written.indexOf("=");
  const at: Place = { file: `--var ${written.slice(0, Math.max(equals, 0))}`, line: 1, column: 1 };
  if (equals < 1)
    throw new ConfigurationError("is not NAME=VALUE; write --var NAME=VALUE", {
      file: `--var ${written.slice(0, 40)}`,
    });
  const name = written.slice(0, equals);
  const value = written.slice(equals + 1);
  const block = declared.get(name);
  if (block === undefined || isPlain(block, scope)) return [name, text(value)];
  return [name, constant(hclParser.parseExpression(value, at), scope)];
}

/** A type that is none is refused where the variable is evaluated. */
function isPlain(block: Block, scope: Scope): boolean {
  try {
    return takesPlainText(constraintOf(block, scope));
  } catch (cause) {
    if (cause instanceof EvaluationError) return true;
    throw cause;
  }
}

/** A value in which nothing can be named or called. */
function constant(expression: Expression, scope: Scope): Evaluated {
  const pending = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === "call")
      throw new ConfigurationError("Function calls not allowed; Functions may not be called here.", next.at);
    pending.push(...childrenOf(next));
  }
  try {
    return evaluate(expression, scope);
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new ConfigurationError(cause.message, cause.at ?? expression.at);
  }
}

function constantScope(run: Run): Scope {
  const refuse = (at: Place): never => {
    throw new ConfigurationError("Variables not allowed; Variables may not be used here.", at);
  };
  return {
    run: { budget: run.budget, files: run.files, problem: (_, at) => refuse(at) },
    module: {
      resolve: (_root, _name, expression) => refuse(expression.at),
      data: (_type, _name, expression) => refuse(expression.at),
    },
    bindings: undefined,
    address: "",
  };
}
