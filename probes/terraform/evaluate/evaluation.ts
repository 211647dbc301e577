import type { Problem } from "../../facts/provenance.ts";
import { ConfigurationError } from "../configuration-error.ts";
import type { Place } from "../syntax/syntax.ts";
import { Budget } from "./budget.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { text, unknown } from "./evaluated.ts";
import type { Evaluated } from "./evaluated.ts";
import type { ReadableFiles, Run } from "./scope.ts";

/** Where the gate compares the workspace with the one of the receipt: nothing is made of that. */
const COMPARED_BY_THE_GATE = /(?:^|\.)local\.headgate_variables$/;

/** One evaluation of one root module. */
export class Evaluation implements Run {
  readonly budget = new Budget();
  readonly files: ReadableFiles;
  private readonly workspace: string;
  /** Whether anything that is made may depend on the workspace. */
  private isWorkspaceAsked = false;
  private readonly noted = new Map<string, Problem>();
  private readonly values = new Map<string, Evaluated>();
  /** What is being evaluated, outermost first. */
  private readonly active = new Set<string>();

  constructor(files: ReadableFiles, workspace: string) {
    this.files = files;
    this.workspace = workspace;
  }

  /** Value of `terraform.workspace`, for what stands at an address. */
  workspaceFor(address: string): Evaluated {
    if (!COMPARED_BY_THE_GATE.test(address)) this.isWorkspaceAsked = true;
    return text(this.workspace);
  }

  /** The workspace, where the configuration is another one in another workspace. */
  get workspaceAsked(): Evaluated | undefined {
    return this.isWorkspaceAsked ? text(this.workspace) : undefined;
  }

  get problems(): readonly Problem[] {
    return [...this.noted.values()];
  }

  readonly problem = (reason: string, at: Place, address: string): void => this.note({ reason }, at, address);

  /** Notes a name that nothing declares: what it stands for is an unknown of its own. */
  undeclared(reason: string, at: Place, address: string): void {
    this.note({ reason, undeclared: true }, at, address);
  }

  private note(what: Pick<Problem, "reason" | "undeclared">, { file, line, column }: Place, address: string): void {
    const by = { address, attribute: "", file, line, column };
    const key = `${file}:${line}:${column} ${what.reason}`;
    if (!this.noted.has(key)) this.noted.set(key, { ...what, found: "validate", by });
  }

  /**
   * The value that a name stands for, evaluated once. What Terraform refuses is a problem, and the value is not known.
   * @param name what it is, for whoever reads of a circle: `module.edge.local.hosts`.
   * @throws ConfigurationError for a value that needs itself.
   */
  once(name: string, at: Place, work: () => Evaluated): Evaluated {
    const known = this.values.get(name);
    if (known !== undefined) return known;
    this.refuseCircle(name, at);
    this.active.add(name);
    try {
      const value = this.orUnknown(name, at, work);
      this.values.set(name, value);
      return value;
    } finally {
      this.active.delete(name);
    }
  }

  private refuseCircle(name: string, at: Place): void {
    if (!this.active.has(name)) return;
    const chain = [...this.active];
    const circle = [...chain.slice(chain.indexOf(name)), name].join(" → ");
    throw new ConfigurationError(`goes in a circle: ${circle}; Terraform refuses it too`, at);
  }

  private orUnknown(name: string, at: Place, work: () => Evaluated): Evaluated {
    try {
      return work();
    } catch (cause) {
      if (!(cause instanceof EvaluationError)) throw cause;
      this.problem(cause.message, cause.at ?? at, name);
      return unknown(`cannot be evaluated: ${cause.message}`, name);
    }
  }
}
