import { randomBytes } from "node:crypto";
import { loadContract } from "../../contract/load.ts";
import type { PlanReview, PlannedChange } from "../facts/planned.ts";
import type { Result } from "../facts/result.ts";
import { EXIT_CODE } from "../gate/verdict.ts";
import { buildEdges } from "../model/build.ts";
import { onHeaderPath } from "../model/header-path.ts";
import type { EdgeModel } from "../model/edge-model.ts";
import { isPreview } from "../pipeline/approach.ts";
import { changedOutcomes } from "../pipeline/compare-sides.ts";
import type { Source } from "../pipeline/input.ts";
import { renderPlanJson, renderPlanText } from "../report/plan-text.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { UnreadablePlanError, readPlanSides } from "../terraform/plan/read-sides.ts";
import type { PlanSides } from "../terraform/plan/read-sides.ts";
import { environmentFor } from "./declared.ts";
import type { CommandContext } from "./context.ts";
import { CannotLookError } from "./context.ts";
import { emitOwn, ownOutputsOf } from "./outputs.ts";
import { fingerprinter, lookForResult } from "./run.ts";
import type { RunOptions } from "./run.ts";

export interface GatePlanOptions extends RunOptions {
  /** Output of `terraform show -json PLAN`. */
  readonly plan: string;
}

/** The review of a plan, and what each of its sides was judged by. */
export interface Reviewed {
  readonly review: PlanReview;
  /** Undefined where there was no edge. */
  readonly before: Result | undefined;
  readonly after: Result | undefined;
}

/**
 * What a saved plan does to the header path: which of its changes touch it, and every outcome that is another one
 * afterwards, by the model's word for what was there and for what will be. Sends nothing. The verdict is of what the plan
 * leads to.
 * @throws CannotLookError for an errored plan, and for one that does not say what was there.
 */
export async function gatePlan(options: GatePlanOptions, context: CommandContext): Promise<number> {
  // The other formats render a run of probes, which this is not.
  const outputs = ownOutputsOf(
    options,
    (format) => `gate --plan writes text and json, not ${format}; \`headgate check\` writes it of a plan`,
  );
  const { review } = await reviewPlan(options, context);
  const text = (colour: boolean): string => renderPlanText(review, { colour });
  emitOwn({ text, json: () => renderPlanJson(review) }, outputs, context);
  return review.exitCode;
}

/** The same without a report, for a verb that goes on from it. */
export async function reviewPlan(
  options: Omit<GatePlanOptions, "format" | "out">,
  context: CommandContext,
): Promise<Reviewed> {
  const sides = read(options.plan);
  const contract = loadContract(options.contract);
  const edges = [sides.planned, sides.prior].flatMap((graph) => (graph === undefined ? [] : publicEdges(graph)));
  const env = options.env ?? environmentFor(contract, { at: options.plan, stacks: new Map([[options.plan, edges]]) });
  const fingerprint = fingerprinter();
  const look = (graph: ResourceGraph): Promise<Result> =>
    lookForResult("gate", { ...options, ...(env !== undefined && { env }) }, context, () =>
      Promise.resolve({ source: sourceOf(options.plan, graph), key: randomBytes(32).toString("hex"), fingerprint }),
    );
  const before = sides.prior === undefined || !isServing(sides.prior) ? undefined : await look(sides.prior);
  const after = sides.planned === undefined ? undefined : await look(sides.planned);
  if (after === undefined && before === undefined)
    throw new CannotLookError(`${options.plan}: there is no edge before this plan, and none after it`);
  return { review: reviewOf(sides, { before, after, at: options.plan }), before, after };
}

function read(file: string): PlanSides {
  try {
    return readPlanSides(file);
  } catch (error) {
    if (error instanceof UnreadablePlanError) throw new CannotLookError(error.message);
    throw error;
  }
}

function isServing(graph: ResourceGraph): boolean {
  return publicEdges(graph).some(({ listeners }) => listeners.length > 0);
}

const PREVIEW_EDGE =
  "the preview edge: no plan tells what opens it; headgate gate and headgate probe --live look at it";

function hasPreviewEdge(graph: ResourceGraph | undefined): boolean {
  return graph !== undefined && buildEdges(graph).some(isPreview);
}

/** What opens a preview edge is drawn by the first apply and hidden ever after: no plan tells what it lets in. */
function publicEdges(graph: ResourceGraph): EdgeModel[] {
  return buildEdges(graph).filter((model) => !isPreview(model));
}

function sourceOf(at: string, graph: ResourceGraph): Source {
  return {
    kind: "model",
    at,
    form: "plan",
    stacks: new Map([[graph.name, publicEdges(graph)]]),
    graphs: new Map([[graph.name, graph]]),
    failOn: "never",
  };
}

interface Looked {
  readonly at: string;
  readonly before: Result | undefined;
  readonly after: Result | undefined;
}

function reviewOf(sides: PlanSides, { before, after, at }: Looked): PlanReview {
  const { id, verb, tool, contract, env, startedAt, durationMs } = (after ?? before)!.run;
  const changes = sides.changes.map((change): PlannedChange => ({
    ...change,
    onPath: onHeaderPath(change.type, change.attributes),
  }));
  const gone = ["the plan leaves no resource: there is no edge that could be judged"];
  return {
    schema: "headgate-plan/1",
    run: { id, verb, tool, contract, env, startedAt, durationMs },
    plan: {
      at,
      digest: sides.digest,
      terraform: sides.terraform,
      partial: sides.partial,
      first: before === undefined,
    },
    verdict: after?.verdict ?? "inconclusive",
    exitCode: after?.exitCode ?? EXIT_CODE.inconclusive,
    reasons: after?.reasons ?? gone,
    before: before?.verdict ?? null,
    touchesHeaderPath: changes.some(({ onPath }) => onPath.length > 0),
    changes,
    notLookedAt: [sides.planned, sides.prior].some(hasPreviewEdge) ? [PREVIEW_EDGE] : [],
    compared: new Set([...(before?.cells ?? []), ...(after?.cells ?? [])].map(({ id: cell }) => cell)).size,
    outcomes: changedOutcomes(before?.cells ?? [], after?.cells ?? []),
  };
}
