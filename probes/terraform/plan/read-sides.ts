import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Node } from "jsonc-parser";
import type { PlannedAction, PlannedChange } from "../../facts/planned.ts";
import { ConfigurationError } from "../configuration-error.ts";
import type { ResourceGraph } from "../graph.ts";
import { readJson } from "../read-source.ts";
import { isRecord } from "./configuration.ts";
import { child, readShown, shownKind } from "./read-plan.ts";
import type { JsonFile } from "./read-plan.ts";
import { plain } from "./values.ts";

/** A plan, and both of its ends. */
export interface PlanSides {
  readonly digest: string;
  readonly terraform: string;
  readonly partial: boolean;
  /** Undefined: nothing was there, or nothing is left. */
  readonly prior: ResourceGraph | undefined;
  readonly planned: ResourceGraph | undefined;
  readonly changes: readonly Omit<PlannedChange, "onPath">[];
}

/** A plan that says too little of one of its ends to be judged. */
export class UnreadablePlanError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnreadablePlanError";
  }
}

/**
 * The output of `terraform show -json PLAN`, as what was there and what will be.
 * @throws ConfigurationError for what is no plan; UnreadablePlanError for an errored one, for one that changes what it
 * does not describe, and for a format that came later.
 */
export function readPlanSides(file: string): PlanSides {
  const json = readJson(file);
  const { root } = json;
  if (shownKind(root) !== "plan")
    throw new ConfigurationError("is no plan; give the output of `terraform show -json PLAN`", { file });
  refuseUnreadable(json);
  const changes = changesOf(json);
  const name = basename(file, ".json");
  const side = (holder: Node | undefined, which: "planned" | "prior"): ResourceGraph | undefined =>
    holdsResources(child(child(holder, "values") ?? holder, "root_module")) ? readShown(json, name, which) : undefined;
  const prior = side(child(root, "prior_state"), "prior");
  refuseWithoutPrior(json, prior);
  return {
    digest: createHash("sha256").update(json.text).digest("hex"),
    terraform: String(child(root, "terraform_version")?.value ?? "unknown"),
    partial: child(root, "complete")?.value === false,
    prior,
    planned: side(child(root, "planned_values"), "planned"),
    changes: changes.filter((change) => change !== undefined),
  };
}

function refuseUnreadable({ root, placeOf }: JsonFile): void {
  const errored = child(root, "errored");
  if (errored?.value === true)
    throw new UnreadablePlanError(
      `${at(placeOf(errored.offset))}: the plan is of a run that failed, so it lacks changes; mend what failed and plan again`,
    );
  const version = child(root, "format_version");
  // Terraform promises that a plan of the same major version can be read by whoever ignores what is new in it.
  if (!String(version?.value).startsWith("1."))
    throw new UnreadablePlanError(
      `${at(placeOf(version?.offset ?? 0))}: the plan has format_version ${JSON.stringify(version?.value)}; this release reads 1.x`,
    );
}

/** A plan that changes something and does not say what was there: the one end of it cannot be looked at. */
function refuseWithoutPrior({ root, placeOf }: JsonFile, prior: ResourceGraph | undefined): void {
  const orphan = (child(root, "resource_changes")?.children ?? []).find((each) => {
    const before = child(child(each, "change"), "before");
    if (before === undefined || before.type === "null" || textOf(child(each, "mode")) !== "managed") return false;
    return child(each, "deposed") === undefined && prior?.resources.has(textOf(child(each, "address"))) !== true;
  });
  if (orphan === undefined || isMoved(orphan, prior)) return;
  throw new UnreadablePlanError(
    `${at(placeOf(orphan.offset))}: the plan changes ${textOf(child(orphan, "address"))}, and its prior_state does not hold it; plan with a state, and give all that \`terraform show -json PLAN\` prints`,
  );
}

function isMoved(change: Node, prior: ResourceGraph | undefined): boolean {
  return prior?.resources.has(textOf(child(change, "previous_address"))) === true;
}

function changesOf({ root, placeOf }: JsonFile): (Omit<PlannedChange, "onPath"> | undefined)[] {
  return (child(root, "resource_changes")?.children ?? []).map((each) => {
    const change = child(each, "change");
    const actions = (child(change, "actions")?.children ?? []).map(textOf);
    const action = actionOf(actions);
    if (action === undefined || textOf(child(each, "mode")) !== "managed") return undefined;
    return {
      address: textOf(child(each, "address")),
      type: textOf(child(each, "type")),
      action,
      attributes: attributesOf(change, action),
      ...placeOf(each.offset),
    };
  });
}

function actionOf(actions: readonly string[]): PlannedAction | undefined {
  if (actions.length === 2) return "replace";
  const [only] = actions;
  return only === "create" || only === "update" || only === "delete" || only === "forget" ? only : undefined;
}

/**
 * Attributes of the first level that are another thing after the plan, or may be; without those that hold nothing. A
 * replacement is a new resource: all that it has counts.
 */
function attributesOf(change: Node | undefined, action: PlannedAction): string[] {
  const [before, after, unknown] = ["before", "after", "after_unknown"].map((key) => recordOf(child(change, key)));
  const names = new Set([before!, after!, unknown!].flatMap(Object.keys));
  return [...names]
    .filter((name) => {
      if (holdsUnknown(unknown![name])) return true;
      if (isEmpty(before![name], after![name])) return false;
      return action === "replace" || JSON.stringify(before![name]) !== JSON.stringify(after![name]);
    })
    .sort();
}

function recordOf(node: Node | undefined): Record<string, unknown> {
  const value = node === undefined ? {} : plain(node);
  return isRecord(value) ? value : {};
}

function isEmpty(...values: readonly unknown[]): boolean {
  return values.every((value) => value === undefined || value === null || (Array.isArray(value) && value.length === 0));
}

function holdsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isRecord(value) ? Object.values(value).some(holdsUnknown) : value === true;
}

function holdsResources(module: Node | undefined): boolean {
  if (module === undefined) return false;
  const own = child(module, "resources")?.children ?? [];
  return (
    own.some((each) => textOf(child(each, "mode")) === "managed") ||
    (child(module, "child_modules")?.children ?? []).some(holdsResources)
  );
}

function textOf(node: Node | undefined): string {
  return node?.type === "string" ? String(node.value) : "";
}

function at({ file, line, column }: { readonly file: string; readonly line: number; readonly column: number }): string {
  return `${file}:${line}:${column}`;
}
