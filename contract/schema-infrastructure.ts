import * as z from "zod";
import {
  duration,
  durationMs,
  id,
  imageReference,
  scaling,
  secretRef,
  secrets,
  plainText,
  variableName,
  variables,
} from "./schema-terms.ts";

const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** Intervals over which Cloud Armor counts requests, in seconds. */
const RATE_INTERVALS_S = [10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600];

/** Shorter, a slow plan would not come in time; longer, what was looked at may be another thing by then. */
const MIN_RECEIPT_AGE_MS = 60_000;
const MAX_RECEIPT_AGE_MS = 86_400_000;

const preview = z.strictObject({
  allow: z
    .array(
      z.union([z.cidrv4(), z.cidrv6()], "an address range is in CIDR form: 203.0.113.0/24, or 2001:db8::/32 for IPv6"),
    )
    .min(1, "must list at least one address range")
    .describe("address ranges in CIDR form from which probes may reach the preview edge"),
  witness: z.strictObject({
    image: imageReference.describe("the witness's image, by digest"),
    key: secretRef.describe("the secret with the key that opens the witness"),
  }),
});

/** Where the system stands, and what differs there. */
export const environment = z.strictObject({
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
    .union([z.literal("external"), z.strictObject({ zone: plainText })])
    .default("external")
    .describe("who owns the names: an existing Cloud DNS zone of the project, or somebody else"),
  certificates: z
    .enum(["per-host", "certificate-manager"])
    .default("per-host")
    .describe("one Google-managed certificate a host, or Certificate Manager with DNS authorization"),
  state: z
    .union([z.literal("local"), z.strictObject({ gcs: plainText })])
    .default("local")
    .describe("where Terraform keeps its state: a file beside the project, or a Cloud Storage bucket"),
  "deletion-protection": z.boolean().default(false).describe("refuses to delete the Cloud Run services"),
  "receipt-age": duration
    .refine((value) => durationMs(value) >= MIN_RECEIPT_AGE_MS && durationMs(value) <= MAX_RECEIPT_AGE_MS, {
      error: "a receipt holds for 1m to 24h",
      when: ({ issues }) => issues.length === 0,
    })
    .default("15m")
    .describe("how long a receipt of the gate lets Terraform plan: 1m to 24h"),
  preview: preview.optional().describe("for promotion: preview"),
  services: z
    .record(id, z.strictObject({ env: variables, secrets, ...scaling }).partial())
    .default({})
    .describe("what differs in this environment, by service"),
});

/** One Cloud Run service. */
export const service = z.strictObject({
  address: z
    .string()
    .regex(
      /^[A-Za-z0-9_.-]+(\[(\d+|"[^"]*")\][A-Za-z0-9_.-]*)*$/,
      "a Terraform address, such as google_cloud_run_v2_service.api",
    )
    .optional(),
  image: imageReference
    .optional()
    .describe("may be left out for a service that other Terraform deploys, and where --image or images.json sets it"),
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
  "min-instances": scaling["min-instances"].default(0),
  "max-instances": scaling["max-instances"].default(10),
  "session-affinity": z.boolean().default(false),
  health: plainText.startsWith("/", "a health path starts with /").optional(),
  access: z
    .enum(["app", "iam", "iap"])
    .default("app")
    .describe("who checks the caller: the application, Cloud Run IAM, or IAP"),
  invokers: z
    .array(
      z
        .string()
        .regex(
          /^(allUsers|allAuthenticatedUsers|(user|group|serviceAccount|domain|principal|principalSet):\S+)$/,
          "a member is allUsers, user:…, group:…, serviceAccount:…, domain:…, principal:… or principalSet:…",
        ),
    )
    .min(1, "must list at least one member")
    .optional()
    .describe("who may call a service with access: iam or iap"),
  env: variables.default({}).describe("environment variables; ${domain} and ${environment} are filled in"),
  secrets: secrets.default({}).describe("environment variables from Secret Manager, each by pinned version"),
  required: z
    .array(variableName)
    .min(1, "must list at least one variable")
    .optional()
    .describe("variables that must have a value in every environment"),
  vpc: z
    .strictObject({
      network: plainText,
      subnetwork: plainText,
      egress: z
        .enum(["private-ranges", "all-traffic"])
        .default("private-ranges")
        .describe("which of the service's own calls leave through the VPC"),
    })
    .optional(),
  cdn: z
    .boolean()
    .default(false)
    .describe("answers may come from Cloud CDN, as far as the service's own headers allow"),
  witness: z
    .enum(["service", "application"])
    .default("service")
    .describe("who answers probes on the preview edge: the witness in place of the service, or the service itself"),
});

/** What the load balancer does beside routing. */
export const edge = z.strictObject({
  waf: z
    .enum(["off", "preview", "enforce"])
    .default("preview")
    .describe("preconfigured Cloud Armor rules for plain HTTP: off, logged only, or enforced"),
  "rate-limit": z
    .strictObject({
      requests: z.int().min(1).max(1_000_000),
      per: duration.refine((value) => RATE_INTERVALS_S.includes(durationMs(value) / 1000), {
        error: `Cloud Armor counts over ${RATE_INTERVALS_S.join(", ")} seconds`,
        when: ({ issues }) => issues.length === 0,
      }),
    })
    .optional()
    .describe("requests that one address may make; beyond, 429 and never a ban"),
  "request-logging": z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("share of requests that the load balancer logs, 0 to 1"),
});
