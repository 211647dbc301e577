import { createHash } from "node:crypto";
import * as z from "zod";
import { canonicalJson } from "./canonical.ts";
import { parseLocated } from "./locate.ts";
import type { Path } from "./locate.ts";
import { ContractError } from "./problem.ts";
import { pathText } from "./shape-problems.ts";

/** Name of the file that stands beside the configuration it speaks of: `cdk.tf.json`, or the root module's `*.tf`. */
export const RECEIPT_FILE = "headgate-receipt.json";

export const RECEIPT_SCHEMA = "headgate-receipt/1";

/** Most failing cells that a receipt quotes; `summary` counts all. */
export const MAX_QUOTED = 20;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is no SHA-256 in hexadecimal digits");
/** One line: the keyed digest joins fields by line ends, and Terraform quotes them in a message. */
const line = z.string().regex(/^[^\p{Cc}\u2028\u2029]+$/u, "must be one line of text");
/** As Terraform's `timecmp` reads it: RFC 3339 in UTC, whole seconds. */
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "is no time of the form 2026-01-31T23:59:59Z");
const isRelative = (path: string): boolean => !/^([/\\]|[A-Za-z]:)/.test(path);
const TRAVELS = "holds an absolute path, and receipts travel";

/** That the edge of one generation was probed where it runs. */
const live = z.strictObject({
  /** Stamp of the release that was probed, as its URL map answers it. */
  stamp: sha256,
  at: instant,
  /** Id of the run that looked. */
  run: line,
});

const receipt = z.strictObject({
  schema: z.literal(RECEIPT_SCHEMA, `the only schema is ${RECEIPT_SCHEMA}`),
  /** Name of the stack; of a root module that is no stack, the name its gate was given. */
  stack: line,
  environment: line,
  verdict: z.enum(["pass", "contract-broken", "usage", "inconclusive", "internal"]),
  /** Why, in one line: what Terraform quotes. */
  summary: line,
  /** Each failing cell in one line, most telling first. */
  failing: z.array(line).max(MAX_QUOTED),
  /** What was looked at: real traffic through the emulated edge, or the model alone. */
  proof: z.enum(["traffic", "model"]),
  /** Digest of the contract. */
  contract: sha256,
  configuration: z.strictObject({
    digest: sha256,
    /** Folders whose configuration files are all listed; `.` is the root module. */
    folders: z.array(line.refine(isRelative, TRAVELS)),
    /** Path from the root module → SHA-256 of every file that the verdict rests on. */
    files: z.record(line, sha256).refine((files) => Object.keys(files).every(isRelative), TRAVELS),
    /** Variable of the root module → SHA-256 of its value as JSON. One that is not here may have any value. */
    variables: z.record(line, sha256),
  }),
  tool: line,
  at: instant,
  live: live.optional(),
  /** Somebody took it upon themselves to deploy in spite of the verdict. */
  override: z.strictObject({ reason: line, owner: line }).optional(),
  /** Keyed digest, which Terraform can check (`macOf`). */
  mac: sha256.optional(),
  /** Ed25519 over everything but `mac` and itself. */
  signature: z.strictObject({ key: line, value: line }).optional(),
});

/** What a run of the gate says of one configuration, for whoever plans it. */
export type Receipt = z.infer<typeof receipt>;
export type LiveProof = z.infer<typeof live>;

/** What a verdict rests on; the meaning of each part stands with the receipt's `configuration`. */
export interface LookedAt {
  readonly folders: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * SHA-256 of what was looked at, hexadecimal, over lines `folder PATH`, `file HASH PATH` and `var HASH NAME`, each kind
 * sorted by bytes: Terraform computes the same from the files and variables that it has in hand.
 */
export function configurationDigest({ folders, files, variables }: LookedAt): string {
  const lines = [
    ...byBytes(folders).map((folder) => `folder ${folder}`),
    ...byBytes(Object.keys(files)).map((file) => `file ${files[file]!} ${file}`),
    ...byBytes(Object.keys(variables)).map((name) => `var ${variables[name]!} ${name}`),
  ];
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

/** In the order of their UTF-8 bytes, which is Terraform's. */
function byBytes(texts: readonly string[]): string[] {
  return [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Time as a receipt holds it. */
export function receiptTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}

/** Any text as one line, cut at `most` characters: what stands in a receipt is quoted by Terraform. */
export function oneLine(text: string, most = 300): string {
  const flat = text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ").trim();
  return flat.length <= most ? flat || "-" : `${flat.slice(0, most - 1)}…`;
}

/** The text of the file: sorted keys, so that equal receipts are equal bytes. */
export function renderReceipt(value: Receipt): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;
}

/** @throws ContractError with the place, for a text that is no receipt. */
export function parseReceipt(text: string, file: string): Receipt {
  const json = parseLocated(text, file);
  const [error] = json.errors;
  if (error !== undefined)
    throw new ContractError([{ at: error.at, path: "", message: `not valid JSON: ${error.message}` }]);
  const parsed = receipt.safeParse(json.value);
  if (parsed.success) return parsed.data;
  throw new ContractError(
    parsed.error.issues.map(({ path, message }) => ({
      at: json.at(path as Path),
      path: pathText(path as Path),
      message: `${message}; run \`headgate gate --record\` again`,
    })),
  );
}
