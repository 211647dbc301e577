import * as z from "zod";
import type { Drift } from "../facts/drift.ts";
import { exitCode, place, verdict } from "./schema.ts";

/** `headgate-drift/1`, the published shape of what `drift` says. */
export const driftSchema = z.strictObject({
  schema: z.literal("headgate-drift/1"),
  run: z.strictObject({ verb: z.string(), tool: z.string(), startedAt: z.string(), durationMs: z.number() }),
  source: z.string(),
  /** Project and region, or the files. */
  live: z.string(),
  /** Whether the configuration was ever applied. */
  applied: z.enum(["never", "partly", "other", "yes", "unknown"]),
  verdict,
  exitCode,
  compared: z.int().min(0),
  missing: z.array(place),
  differences: z.array(
    z.strictObject({
      address: z.string(),
      attribute: z.string(),
      /** As JSON, a value of a header or an environment variable by its length alone; null: not there. */
      configured: z.string().nullable(),
      live: z.string().nullable(),
      onPath: z.boolean(),
      at: place,
    }),
  ),
  notCompared: z.array(z.strictObject({ what: z.string(), reason: z.string() })),
  /** Types of resources. */
  notLookedAt: z.array(z.string()),
});

/** The compiler holds the schema and the type of a comparison together, in both directions. */
type Published = z.infer<typeof driftSchema>;
export const schemaFitsDrift = (drift: Drift): Published => drift as Published satisfies Drift;

/** JSON Schema (draft 2020-12) of a comparison with what runs. */
export function driftJsonSchema(): object {
  return { title: "Headgate drift", ...z.toJSONSchema(driftSchema) };
}
