import { z } from "zod";
import { isFieldValue, isToken } from "../http/token.ts";

/** Ids are also Terraform and Cloud Run names: lower case, digits and hyphens, at most 30 characters. */
const ID = /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/;
const DURATION = /^(\d+)(ms|s|m|h)$/;
const IMAGE_DIGEST = /^[a-z0-9][a-z0-9._\-/:]*@sha256:[0-9a-f]{64}$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const HOST_TEMPLATE = /^(\$\{[^}]*\}|[a-z0-9-]+)(\.(\$\{[^}]*\}|[a-z0-9-]+))*$/;
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of a duration such as `400ms`, `5s`, `30m` or `1h`. */
export function durationMs(text: string): number {
  const [, amount = "0", unit = "ms"] = DURATION.exec(text) ?? [];
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

const id = z
  .string()
  .regex(ID, "an id starts with a letter and has lower-case letters, digits and hyphens, at most 30");
const duration = z.string().regex(DURATION, "a duration is a whole number and a unit: 400ms, 5s, 30m, 1h");
const text = z.string().min(1, "must not be empty");
const headerText = text
  .refine(isFieldValue, "a header value is one line of visible characters")
  .refine((value) => value === value.trim(), "outer blanks are no part of a header value (RFC 9110 §5.5)");

const environment = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "a project id has 6 to 30 lower-case letters, digits and hyphens"),
  region: z.string().regex(/^[a-z]+-[a-z]+\d+$/, "a region looks like us-central1"),
  domain: z.string().regex(DOMAIN, "a domain is lower case, without scheme or port: example.com"),
  promotion: z
    .enum(["direct", "preview"])
    .default("direct")
    .describe("direct: one apply; preview: probe a candidate edge before it goes live"),
  dns: z
    .union([z.literal("external"), z.strictObject({ zone: text })])
    .default("external")
    .describe("who owns the names"),
});

const arrives = z.union([
  z.enum(["unchanged", "present", "appended", "never"]),
  z.strictObject({
    set: text
      .refine(isRegExp, "must be a regular expression")
      .describe("a pattern that the value written by the edge matches"),
  }),
]);

const header = z.strictObject({
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

const service = z.strictObject({
  address: z
    .string()
    .regex(/^[a-z0-9_.\-[\]"]+$/, "a Terraform address, such as google_cloud_run_v2_service.api")
    .optional(),
  image: z
    .string()
    .regex(IMAGE_DIGEST, "an image is named by digest: region-docker.pkg.dev/project/repo/image@sha256:<64 hex digits>")
    .optional()
    .describe("may be left out for a service that other Terraform deploys"),
  port: z.int().min(1).max(65_535).default(8080),
  timeout: duration.default("300s").describe("request timeout and longest life of a WebSocket, 3600s at most"),
  concurrency: z.int().min(1).max(1000).default(80),
  cpu: z
    .string()
    .regex(/^([1-8]|\d{3,4}m)$/, "CPU is 1 to 8, or millicores such as 500m")
    .default("1"),
  memory: z
    .string()
    .regex(/^\d+(Mi|Gi)$/, "memory is a number and Mi or Gi")
    .default("512Mi"),
  "min-instances": z.int().min(0).default(0),
  "max-instances": z.int().min(1).default(10),
  "session-affinity": z.boolean().default(false),
  health: z.string().startsWith("/", "a health path starts with /").optional(),
  access: z
    .enum(["app", "iam", "iap"])
    .default("app")
    .describe("who checks the caller: the application, Cloud Run IAM, or IAP"),
});

const path = z
  .string()
  .regex(/^\/[^*?#\s]*(\*)?$/, "a path starts with / and may end in /*")
  .refine(
    (value) => !value.endsWith("*") || value.endsWith("/*"),
    "`*` stands only after the last /: write /ws/* and not /ws*",
  );

const route = z.strictObject({
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
