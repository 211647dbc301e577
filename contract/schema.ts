import * as z from "zod";
import { isToken } from "../http/token.ts";
import { edge, environment, service } from "./schema-infrastructure.ts";
import { duration, headerText, id, plainText, text } from "./schema-terms.ts";

const HOST_TEMPLATE = /^(\$\{[^}]*\}|[a-z0-9-]+)(\.(\$\{[^}]*\}|[a-z0-9-]+))*$/;

const arrives = z.union([
  z.enum(["unchanged", "present", "appended", "never"]),
  z.strictObject({
    set: text
      .refine(isRegExp, "must be a regular expression")
      .describe("a pattern that the value written by the edge matches"),
  }),
]);

export const header = z.strictObject({
  name: z.string().refine(isToken, "a header name is a token: letters, digits and !#$%&'*+-.^_`|~"),
  send: headerText.optional().describe("what a client sends; ${token}, ${token:base64url} and ${nonce} are filled in"),
  value: headerText.optional().describe("what the generated edge writes, for arrives: { set: … }"),
  answer: z
    .string()
    .refine(isToken, "a subprotocol is a token")
    .optional()
    .describe("the subprotocol that the service must select"),
  arrives,
});

const path = plainText
  .regex(/^\/[^*?#\s]*(\*)?$/, "a path starts with / and may end in /*")
  .refine(
    (value) => !value.endsWith("*") || value.endsWith("/*"),
    "`*` stands only after the last /: write /ws/* and not /ws*",
  );

export const route = z.strictObject({
  host: z.string().regex(HOST_TEMPLATE, "a host is lower-case labels and ${domain}, without scheme or port"),
  paths: z.array(path).min(1, "must list at least one path"),
  service: id,
  protocol: z.enum(["http", "websocket"]).default("http"),
  clients: z
    .array(z.enum(["native", "browser"]))
    .min(1, "must list at least one client")
    .default(["native"]),
  headers: z.array(id).min(1, "must list at least one header").optional(),
  lifetime: duration.optional(),
  flow: id.optional(),
  priority: z.string().regex(/^P\d$/, "a priority is P0 to P9").optional(),
});

const message = z.record(z.string(), z.unknown());
const closeCode = z
  .int()
  .refine((code) => code === 1000 || (code >= 3000 && code <= 4999), "a client may close with 1000 or 3000 to 4999");
const flowStep = z.union([
  z.strictObject({ expect: message, within: duration.optional() }),
  z.strictObject({ send: message }),
  z.strictObject({
    "expect-in-order": z.array(text).min(1, "must list at least one type"),
    within: duration.optional(),
  }),
  z.strictObject({ close: closeCode }),
]);

const waiver = z.strictObject({
  rule: text,
  target: text,
  reason: text,
  owner: text,
  expires: z.iso.date("a date is YYYY-MM-DD"),
});

/** The file as a person writes it. `parse.ts` turns it into a `Contract`. */
export const contractFile = z.strictObject({
  version: z.literal(1, "the only version is 1"),
  name: id,
  environments: nonEmpty(z.record(id, environment), "environment"),
  headers: z.record(id, header).default({}),
  services: nonEmpty(z.record(id, service), "service"),
  edge: edge.prefault({}),
  routes: z.array(route).min(1, "must list at least one route"),
  flows: z.record(id, z.array(flowStep).min(1, "must list at least one step")).default({}),
  budgets: z
    .strictObject({ "handshake-p95": duration, "flow-p95": duration, "concurrent-sockets": z.int().min(1) })
    .partial()
    .default({}),
  waivers: z.array(waiver).default([]),
});

export type ContractFile = z.infer<typeof contractFile>;

/** JSON Schema (draft 2020-12) of the contract file, for editors. */
export function contractJsonSchema(): object {
  return { title: "Headgate contract", ...z.toJSONSchema(contractFile, { io: "input" }) };
}

function nonEmpty<Schema extends z.ZodType<Record<string, unknown>>>(schema: Schema, what: string): Schema {
  return schema.refine((value) => Object.keys(value).length > 0, `must declare at least one ${what}`);
}

function isRegExp(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
