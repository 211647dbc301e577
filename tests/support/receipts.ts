import { createHash, generateKeyPairSync } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { RECEIPT_FILE, configurationDigest, receiptTime, renderReceipt } from "../../contract/receipt.ts";
import type { Receipt } from "../../contract/receipt.ts";

/** Any SHA-256. */
export const HASH = "0123456789abcdef".repeat(4);

const lookedAt = { folders: ["."], files: { "cdk.tf.json": HASH }, variables: { region: HASH } };

/** A receipt of a run that passed. */
export const A_RECEIPT: Receipt = {
  schema: "headgate-receipt/1",
  stack: "staging",
  environment: "staging",
  verdict: "pass",
  summary: "867 checks passed",
  failing: [],
  proof: "traffic",
  contract: HASH,
  configuration: { digest: configurationDigest(lookedAt), ...lookedAt },
  tool: "headgate 0.1.0",
  at: "2026-01-31T23:59:59Z",
};

/** Writes what a run that passed would write beside a stack or a root module, for tests about something else. */
export function writePass(
  folder: string,
  change: Partial<Receipt> = {},
  variables: Readonly<Record<string, string>> = {},
): Receipt {
  const loaded = readdirSync(folder).filter((name) => /\.tf(\.json)?$|\.auto\.tfvars(\.json)?$/.test(name));
  const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");
  const files = Object.fromEntries(loaded.map((name) => [name, sha256(join(folder, name))]));
  const looked = { folders: ["."], files, variables };
  const receipt: Receipt = {
    ...A_RECEIPT,
    stack: basename(folder),
    environment: basename(folder),
    at: receiptTime(new Date()),
    configuration: { digest: configurationDigest(looked), ...looked },
    ...change,
  };
  writeFileSync(join(folder, RECEIPT_FILE), renderReceipt(receipt));
  return receipt;
}

/** A new Ed25519 key, both halves as PEM. */
export function keyPair(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}
