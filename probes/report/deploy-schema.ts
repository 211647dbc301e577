import * as z from "zod";
import type { DeployRecord } from "../facts/deployed.ts";
import { outcomeChange } from "./plan-schema.ts";
import { cell, counts, exitCode, run, verdict } from "./schema.ts";

const applied = z.strictObject({
  name: z.enum(["deploy", "candidate", "promotion", "rollback"]),
  changes: z.strictObject({ created: z.int(), changed: z.int(), replaced: z.int(), deleted: z.int() }),
  touchesHeaderPath: z.boolean(),
  /** False: Terraform did not come to its end. */
  done: z.boolean(),
});

/** What answers on the public edge; null: nothing does, or it was not read. */
const answering = z.strictObject({ stamp: z.string(), generations: z.record(z.string(), z.string()) }).nullable();

const look = z.strictObject({
  edge: z.enum(["public", "preview"]),
  verdict,
  detail: z.string(),
  /** Left out where only the stamp was looked at. */
  counts: counts.optional(),
  notLookedAt: z.array(z.string()),
});

const matrix = z
  .array(
    cell.pick({
      env: true,
      route: true,
      host: true,
      path: true,
      rule: true,
      header: true,
      arrives: true,
      protocol: true,
      client: true,
      state: true,
      observation: true,
      expectedService: true,
      declaredAt: true,
      waived: true,
      consequenceOf: true,
    }),
  )
  .nullable();

/** `headgate-deploy/1`, the published shape of what a deploy did. */
export const deploySchema = z.strictObject({
  schema: z.literal("headgate-deploy/1"),
  run: run.omit({ configuration: true }),
  promotion: z.enum(["direct", "preview"]),
  way: z.enum(["terraform", "cdktf"]),
  verdict,
  exitCode,
  /** Why the verdict is no pass. */
  reasons: z.array(z.string()),
  override: z.strictObject({ owner: z.string(), reason: z.string() }).optional(),
  phases: z.array(z.strictObject({ name: z.string(), state: z.enum(["done", "failed"]), ms: z.number() })),
  applies: z.array(applied),
  before: answering,
  after: answering,
  matrix: z.strictObject({ before: matrix, after: matrix }),
  outcomes: z.array(outcomeChange),
  looks: z.array(look),
  /** Names to create at their owner. */
  dnsRecords: z.array(z.strictObject({ name: z.string(), type: z.string(), data: z.string() })),
  /** Commands: to the end of this deploy, and to what was before it. */
  on: z.string().nullable(),
  back: z.string().nullable(),
  /** Commands that mend what an apply left half done, in the order in which to run them. */
  remedies: z.array(z.string()),
});

/** The compiler holds the schema and the type of a record together, in both directions. */
type Published = z.infer<typeof deploySchema>;
export const schemaFitsDeploy = (record: DeployRecord): Published => record as Published satisfies DeployRecord;

/** JSON Schema (draft 2020-12) of a deploy. */
export function deployJsonSchema(): object {
  return { title: "Headgate deploy", ...z.toJSONSchema(deploySchema) };
}
