import { configurationDigest } from "../../contract/receipt.ts";
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
