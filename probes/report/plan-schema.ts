import * as z from "zod";
import type { PlanReview } from "../facts/planned.ts";
import { act, cellState, client, exitCode, observation, position, protocol, run, verdict } from "./schema.ts";

const outcome = z.strictObject({
  state: cellState,
  observation: observation.nullable(),
  /** Who answers; null where nobody does. */
  service: z.string().nullable(),
  status: z.int().nullable(),
  reason: z.string().optional(),
  by: z.array(act),
});

export const outcomeChange = z.strictObject({
  env: z.string(),
  route: z.string(),
  host: z.string(),
  path: z.string(),
  protocol,
  client,
  rule: z.string(),
  /** Null for a rule about the whole request. */
  header: z.string().nullable(),
  /** Null: there was no edge, or no such case on it. */
  before: outcome.nullable(),
  after: outcome.nullable(),
  /** The outcome has the same name on both sides, and the edge writes another value. */
  otherValue: z.literal(true).optional(),
});

const plannedChange = position.extend({
  address: z.string(),
  type: z.string(),
  action: z.enum(["create", "update", "replace", "delete", "forget"]),
  attributes: z.array(z.string()),
  /** Those that decide where a request goes or what arrives of it. */
  onPath: z.array(z.string()),
});

/** `headgate-plan/1`, the published shape of what `gate --plan` says. */
export const planSchema = z.strictObject({
  schema: z.literal("headgate-plan/1"),
  run: run.omit({ configuration: true }),
  plan: z.strictObject({
    at: z.string(),
    digest: z.string(),
    terraform: z.string(),
    partial: z.boolean(),
    first: z.boolean(),
  }),
  /** Of what the plan leads to. */
  verdict,
  exitCode,
  reasons: z.array(z.string()),
  /** Of what the plan starts from; null: nothing was there. */
  before: verdict.nullable(),
  touchesHeaderPath: z.boolean(),
  changes: z.array(plannedChange),
  notLookedAt: z.array(z.string()),
  compared: z.int().min(0),
  outcomes: z.array(outcomeChange),
});

/** The compiler holds the schema and the type of a review together, in both directions. */
type Published = z.infer<typeof planSchema>;
export const schemaFitsReview = (review: PlanReview): Published => review as Published satisfies PlanReview;

/** JSON Schema (draft 2020-12) of a reviewed plan. */
export function planJsonSchema(): object {
  return { title: "Headgate plan", ...z.toJSONSchema(planSchema) };
}
