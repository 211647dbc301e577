import * as z from "zod";
import type { Result } from "../facts/result.ts";

export const position = z.strictObject({ file: z.string(), line: z.int(), column: z.int() });
const fingerprint = z.strictObject({ hash: z.string().regex(/^[0-9a-f]{8}$/), bytes: z.int().min(0) });
export const protocol = z.enum(["http", "websocket"]);
export const client = z.enum(["native", "browser"]);
const arrives = z.enum(["unchanged", "present", "appended", "set", "never"]);
export const observation = z.enum([
  "intact",
  "stripped",
  "replaced",
  "appended",
  "merged",
  "duplicated",
  "reordered",
  "truncated",
  "renamed",
  "injected",
  "not-sent",
  "unreachable",
]);

export const cellState = z.enum(["pass", "fail", "inconclusive", "closed-by-design", "not-applicable"]);
export const verdict = z.enum(["pass", "contract-broken", "usage", "inconclusive", "internal"]);
export const exitCode = z.int().min(0).max(4);

/** In the order of the way; a report of an earlier version says none. */
export const stage = z.enum([
  "client",
  "front",
  "edge",
  "route",
  "armor",
  "iap",
  "url-map",
  "backend",
  "proxy",
  "neg",
  "run-ingress",
  "run-front",
  "container",
]);

export const place = z.strictObject({
  address: z.string(),
  attribute: z.string(),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  /** JSON pointer (RFC 6901), for what was read from JSON. */
  pointer: z.string().optional(),
  construct: z.strictObject({ path: z.string(), file: z.string(), line: z.int() }).optional(),
});

export const act = place.extend({
  effect: z.string(),
  fact: z.string().optional(),
  stage: stage.optional(),
});

const waived = z.strictObject({ reason: z.string(), owner: z.string(), expires: z.string(), at: position });

export const cell = z.strictObject({
  id: z.string(),
  env: z.string(),
  route: z.string(),
  rule: z.string(),
  header: z.string().nullable(),
  arrives: arrives.nullable(),
  protocol,
  client,
  path: z.string(),
  host: z.string(),
  state: cellState,
  observation: observation.nullable(),
  sent: z.array(fingerprint),
  arrived: z.array(fingerprint),
  lines: z.array(z.strictObject({ sent: z.int().nullable(), arrived: z.int().nullable(), observation })).optional(),
  answeredBy: z
    .strictObject({ service: z.string().nullable(), revision: z.string().nullable(), status: z.int() })
    .nullable(),
  expectedService: z.string(),
  by: z.array(act),
  declaredAt: position,
  reason: z.string().optional(),
  consequenceOf: z.string().optional(),
  waived: waived.optional(),
});

const written = z.union([z.string(), z.number(), z.boolean(), z.strictObject({ expression: z.string() })]);

const change = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("delete"), at: place }),
  z.strictObject({ kind: z.literal("replace"), at: place, value: written }),
  z.strictObject({ kind: z.literal("set"), in: place, name: z.string(), value: written }),
  z.strictObject({ kind: z.literal("append"), to: place, values: z.array(written) }),
  z.strictObject({ kind: z.literal("rename"), at: place, name: z.string() }),
]);

const option = z.strictObject({
  what: z.string(),
  effort: z.enum(["minutes", "hours", "days"]),
  risk: z.enum(["none", "low", "medium", "high"]),
});

const finding = z.strictObject({
  id: z.string(),
  severity: z.enum(["error", "warning", "note"]),
  title: z.string(),
  where: place,
  by: z.array(place),
  fix: z.string(),
  remedy: z.array(change).optional(),
  options: z.array(option).optional(),
  consequenceOf: z.strictObject({ id: z.string(), where: place }).optional(),
  dependsOn: z.string().optional(),
  waived: waived.optional(),
  known: z.literal(true).optional(),
  blocks: z.literal(true).optional(),
});

export const counts = z.strictObject({
  environments: z.int(),
  routes: z.int(),
  headers: z.int(),
  httpRequests: z.int(),
  upgrades: z.int(),
  pass: z.int(),
  fail: z.int(),
  waived: z.int(),
  inconclusive: z.int(),
  consequences: z.int(),
  notApplicable: z.int(),
});

export const run = z.strictObject({
  id: z.string(),
  verb: z.string(),
  tool: z.string(),
  contract: z.strictObject({ file: z.string(), digest: z.string() }),
  configuration: z.strictObject({
    kind: z.enum(["cdktf", "directory", "plan", "state", "export", "live"]),
    at: z.string(),
    digest: z.string().nullable(),
  }),
  env: z.array(z.string()),
  startedAt: z.string(),
  durationMs: z.number(),
});

/** `headgate-report/1`, the published shape of a result. */
export const reportSchema = z.strictObject({
  schema: z.literal("headgate-report/1"),
  run,
  verdict,
  exitCode,
  reasons: z.array(z.string()),
  counts,
  steps: z.array(
    z.strictObject({ name: z.string(), state: z.enum(["done", "failed", "not-run"]), detail: z.string() }),
  ),
  cells: z.array(cell),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      because: z.string(),
      fix: z.string(),
      sources: z.array(z.string()),
    }),
  ),
  findings: z.array(finding),
  undecided: z.array(z.strictObject({ id: z.string(), reason: z.string(), where: place })).optional(),
  controls: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(["positive", "negative"]),
      protocol,
      env: z.string(),
      state: z.enum(["pass", "fail", "inconclusive"]),
      reason: z.string().optional(),
    }),
  ),
  coverage: z.array(
    z.strictObject({
      env: z.string(),
      route: z.string(),
      form: z.string(),
      protocol,
      witnessed: z.int(),
      attempted: z.int(),
      at: position,
    }),
  ),
  notLookedAt: z.array(z.string()),
  assumptions: z.array(z.string()),
  timings: z.array(z.strictObject({ phase: z.string(), ms: z.number() })),
});

/** The compiler holds the schema and the type of a result together, in both directions. */
type Published = z.infer<typeof reportSchema>;
export const schemaFitsResult = (result: Result): Published => result as Published satisfies Result;

/** JSON Schema (draft 2020-12) of a report. */
export function reportJsonSchema(): object {
  return { title: "Headgate report", ...z.toJSONSchema(reportSchema) };
}
