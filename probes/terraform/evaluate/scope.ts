import type { Expression, Place } from "../syntax/syntax.ts";
import type { Budget } from "./budget.ts";
import type { Evaluated } from "./evaluated.ts";

/** The files that functions may read. Paths are as the configuration writes them, relative to the root module. */
export interface ReadableFiles {
  /** The bytes of a file; undefined where there is none. @throws EvaluationError for a path that may not be read. */
  readonly read: (path: string) => Buffer | undefined;
  /** Files below a folder, as paths relative to it. */
  readonly list: (path: string) => readonly string[];
  /** Absolute path of the root module. */
  readonly cwd: string;
}

/** What belongs to one evaluation as a whole. */
export interface Run {
  readonly budget: Budget;
  readonly files: ReadableFiles;
  /** Notes what Terraform would refuse. */
  readonly problem: (reason: string, at: Place, address: string) => void;
}

/** Where a name of a module leads. */
export interface ModuleNames {
  /** The value of `root.name`, such as `var.x` or `google_x.y`; never throws for a name that is not declared. */
  readonly resolve: (root: string, name: string, expression: Expression, scope: Scope) => Evaluated;
  /** The value of `data.type.name`. */
  readonly data: (type: string, name: string, expression: Expression, scope: Scope) => Evaluated;
}

interface Binding {
  readonly name: string;
  readonly value: Evaluated;
  readonly outer: Binding | undefined;
}

/** What the names in an expression mean. */
export interface Scope {
  readonly run: Run;
  readonly module: ModuleNames;
  /** Names that a `for`, `for_each`, `count` or `dynamic` binds. */
  readonly bindings: Binding | undefined;
  /** Address of what the expression belongs to: a resource, `local.x`, `module.edge`. */
  readonly address: string;
}

export function bind(scope: Scope, name: string, value: Evaluated): Scope {
  return { ...scope, bindings: { name, value, outer: scope.bindings } };
}

export function bound(scope: Scope, name: string): Evaluated | undefined {
  for (let binding = scope.bindings; binding !== undefined; binding = binding.outer)
    if (binding.name === name) return binding.value;
  return undefined;
}

/** Evaluates an expression. @throws EvaluationError for what Terraform refuses, ConfigurationError beyond all limits. */
export type Evaluate = (expression: Expression, scope: Scope) => Evaluated;
