import { createHash } from "node:crypto";
import * as z from "zod";
import { canonicalJson } from "./canonical.ts";
import { liveProof } from "./live-proof.ts";
import { parseLocated } from "./locate.ts";
import type { Path } from "./locate.ts";
import { ContractError } from "./problem.ts";
import { RECEIPT_SCHEMA } from "./receipt-file.ts";
import { instant, line, sha256Text, signature } from "./receipt-terms.ts";
import { pathText } from "./shape-problems.ts";

export { RECEIPT_FILE, RECEIPT_SCHEMA } from "./receipt-file.ts";
export { receiptTime } from "./receipt-terms.ts";

/** Most failing cells that a receipt quotes; `summary` counts all. */
export const MAX_QUOTED = 20;

const isRelative = (path: string): boolean => !/^([/\\]|[A-Za-z]:)/.test(path);
const TRAVELS = "holds an absolute path, and receipts travel";

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
  contract: sha256Text,
  configuration: z.strictObject({
    digest: sha256Text,
    /** Folders whose configuration files are all listed; `.` is the root module. */
    folders: z.array(line.refine(isRelative, TRAVELS)),
    /** Path from the root module → SHA-256 of every file that the verdict rests on. */
    files: z.record(line, sha256Text).refine((files) => Object.keys(files).every(isRelative), TRAVELS),
    /** Variable of the root module → SHA-256 of its value as JSON. One that is not here may have any value. */
    variables: z.record(line, sha256Text),
  }),
  tool: line,
  at: instant,
  /** Of the release that production is built from, for an environment with a preview edge. */
  live: liveProof.optional(),
  /** Somebody took it upon themselves to deploy in spite of the verdict. */
  override: z.strictObject({ reason: line, owner: line }).optional(),
  /** Keyed digest, which Terraform can check (`macOf`). */
  mac: sha256Text.optional(),
  /** Ed25519 over everything but `mac` and itself. */
  signature: signature.optional(),
});

/** What a run of the gate says of one configuration, for whoever plans it. */
export type Receipt = z.infer<typeof receipt>;

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
