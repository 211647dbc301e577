import { createHash, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { canonicalJson } from "./canonical.ts";
import type { Receipt } from "./receipt.ts";

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

/**
 * Keyed digest, hexadecimal: `sha256(key . sha256(key . statement))`. Terraform has no HMAC; nesting keeps the inner state
 * from being continued, which a single SHA-256 over a prefix would allow.
 */
export function macOf(receipt: Receipt, key: string): string {
  return sha256(key + sha256(key + statementOf(receipt)));
}

/** Whether the keyed digest is there and right; compared in constant time. */
export function hasMac(receipt: Receipt, key: string): boolean {
  if (receipt.mac === undefined) return false;
  return timingSafeEqual(Buffer.from(receipt.mac, "hex"), Buffer.from(macOf(receipt, key), "hex"));
}

/**
 * The receipt with an Ed25519 signature over everything that a seal is no part of.
 * @param privateKey PEM (PKCS #8).
 * @throws Error for a key that is none, or of another kind; the message holds nothing of it.
 */
export function signReceipt(receipt: Receipt, privateKey: string): Receipt {
  const key = ed25519(() => createPrivateKey(privateKey), "private");
  const value = sign(null, signedBytes(receipt), key).toString("base64");
  return { ...receipt, signature: { key: fingerprintOf(createPublicKey(key)), value } };
}

/**
 * Whether the signature is there, and made with the private half of this key over exactly this receipt.
 * @param publicKey PEM (SPKI).
 * @throws Error for a key that is none, or of another kind.
 */
export function isSignedBy(receipt: Receipt, publicKey: string): boolean {
  const key = ed25519(() => createPublicKey(publicKey), "public");
  if (receipt.signature === undefined) return false;
  return verify(null, signedBytes(receipt), key, Buffer.from(receipt.signature.value, "base64"));
}

function signedBytes({ mac: _mac, signature: _signature, ...receipt }: Receipt): Buffer {
  return Buffer.from(canonicalJson(receipt));
}

/** Which key it was, for a person who has several. */
function fingerprintOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: "spki", format: "der" });
  return `ed25519:${createHash("sha256").update(der).digest("hex").slice(0, 16)}`;
}

function ed25519(read: () => KeyObject, half: "private" | "public"): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    // What OpenSSL says may quote the key.
    throw new Error(`the ${half} key of receipts cannot be read; give an Ed25519 key as PEM`);
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw new Error(`the ${half} key of receipts is ${key.asymmetricKeyType ?? "of no kind"}; it must be Ed25519`);
  return key;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
