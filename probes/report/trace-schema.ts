import * as z from "zod";
import { stage } from "./schema.ts";

/** A value in clear, a credential as a fingerprint that compares inside this document, or null: it cannot be known. */
const value = z.union([z.string(), z.strictObject({ hash: z.string().regex(/^[0-9a-f]{8}$/), bytes: z.int().min(0) })]);

/** Where something stands: Terraform address with attribute, `file:line:column`, and the line of TypeScript. */
const place = {
  address: z.string(),
  source: z.string(),
  construct: z.string().optional(),
};

const act = z.strictObject({ stage, ...place, effect: z.string(), fact: z.string().optional() });

const header = z.strictObject({
  name: z.string(),
  state: z.enum(["same", "added", "replaced", "appended", "removed", "absent", "unknown"]),
  sent: z.array(value),
  arrives: z.array(value.nullable()),
  /** Why a value of `arrives` is null. */
  reason: z.string().optional(),
  by: z.array(act),
});

const answer = z.strictObject({
  status: z.int(),
  headers: z.array(z.tuple([z.string(), value])),
  body: z.string(),
  by: act,
});

/** `headgate-trace/1`, the published shape of a trace. */
export const traceSchema = z.strictObject({
  schema: z.literal("headgate-trace/1"),
  tool: z.string(),
  configuration: z.strictObject({
    at: z.string(),
    env: z.string(),
    edge: z.string().nullable(),
    digest: z.string(),
  }),
  request: z.strictObject({
    method: z.string(),
    url: z.string(),
    websocket: z.boolean(),
    clientAddress: z.string().nullable(),
  }),
  outcome: z.enum([
    "backend",
    "redirect",
    "tls-error",
    "no-listener",
    "rejected-by-edge",
    "answered-by-edge",
    "fault-injected",
    "unknown",
  ]),
  /** Terraform addresses. */
  backend: z.string().nullable(),
  service: z.string().nullable(),
  matchedBy: z.string().nullable(),
  /** Where chance decides, or where the client is: all that may serve, with their weights. */
  backends: z.array(z.strictObject({ backend: z.string(), service: z.string().optional(), weight: z.number() })),
  /** Why one of these is null. */
  reasons: z.strictObject({
    backend: z.string().optional(),
    service: z.string().optional(),
    matchedBy: z.string().optional(),
  }),
  headers: z.array(header),
  /** In the order of the way; a step that changed a header names it. */
  steps: z.array(act.extend({ header: z.string().optional() })),
  /** What the edge answers itself; null: it passes the request on, or cannot be told. */
  answer: answer.nullable(),
  /**
   * What cannot be told. `request` and `refusal` make the outcome unknown (with `refusal`, backend, service and headers are
   * those of a request that is let through), `headers` the state of all headers or of the one that is named.
   */
  unknowns: z.array(
    z.strictObject({
      reason: z.string(),
      affects: z.enum(["request", "refusal", "headers", "nothing"]),
      header: z.string().optional(),
      /** As it is written, where an expression is why. */
      expression: z.string().optional(),
      ...place,
    }),
  ),
  /** What Terraform (`validate`) or Google (`apply`) refuses in the lines that the request meets. */
  problems: z.array(
    z.strictObject({
      reason: z.string(),
      found: z.enum(["validate", "apply"]),
      fact: z.string().optional(),
      ...place,
    }),
  ),
  /** Open questions that the answer depends on, and the value that was taken for each. */
  assumptions: z.array(
    z.strictObject({ name: z.string(), question: z.string(), value: z.string(), otherwise: z.array(z.string()) }),
  ),
  notes: z.array(z.string()),
});

/** One request through the edge, as it is published. */
export type TraceDocument = z.infer<typeof traceSchema>;

/** JSON Schema (draft 2020-12) of a trace. */
export function traceJsonSchema(): object {
  return { title: "Headgate trace", ...z.toJSONSchema(traceSchema) };
}
