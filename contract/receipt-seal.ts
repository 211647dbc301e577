import { canonicalJson } from "./canonical.ts";
import type { Receipt } from "./receipt.ts";
import { fitsDigest, fitsSignature, keyedDigest, signatureOf } from "./seal.ts";

/** Shortest key of a keyed digest, in characters. */
export const MIN_RECEIPT_KEY = 16;

/**
 * What the keyed digest covers: all that Terraform decides by, a line each. A text, not JSON: Terraform has to build the same
 * from the parsed receipt.
 */
export function statementOf(receipt: Receipt): string {
  const { live, override } = receipt;
  return [
    receipt.schema,
    receipt.stack,
    receipt.environment,
    receipt.verdict,
    receipt.proof,
    receipt.contract,
    receipt.configuration.digest,
    receipt.tool,
    receipt.at,
    live?.stamp ?? "-",
    override === undefined ? "-" : `${override.owner}: ${override.reason}`,
  ].join("\n");
}

/** Keyed digest of a receipt, hexadecimal (`keyedDigest`). */
export function macOf(receipt: Receipt, key: string): string {
  return keyedDigest(statementOf(receipt), key);
}

/** Whether the keyed digest is there and right. */
export function hasMac(receipt: Receipt, key: string): boolean {
  return fitsDigest(receipt.mac, statementOf(receipt), key);
}

/**
 * The receipt with an Ed25519 signature over everything that a seal is no part of.
 * @param privateKey PEM (PKCS #8).
 * @throws Error for a key that is none, or of another kind; the message holds nothing of it.
 */
export function signReceipt(receipt: Receipt, privateKey: string): Receipt {
  return { ...receipt, signature: signatureOf(signedText(receipt), privateKey) };
}

/**
 * Whether the signature is there, and made with the private half of this key over exactly this receipt.
 * @param publicKey PEM (SPKI).
 * @throws Error for a key that is none, or of another kind.
 */
export function isSignedBy(receipt: Receipt, publicKey: string): boolean {
  return fitsSignature(receipt.signature, signedText(receipt), publicKey);
}

function signedText({ mac: _mac, signature: _signature, ...receipt }: Receipt): string {
  return canonicalJson(receipt);
}
