import { createHash, createPrivateKey, createPublicKey, sign, timingSafeEqual, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Signature } from "./receipt-terms.ts";

/**
 * Keyed digest of a text, hexadecimal: `sha256(key . sha256(key . text))`. Terraform has no HMAC; nesting keeps the inner
 * state from being continued, which a single SHA-256 over a prefix would allow.
 */
export function keyedDigest(text: string, key: string): string {
  return sha256(key + sha256(key + text));
}

/** Whether a keyed digest is there and right; compared in constant time. */
export function fitsDigest(mac: string | undefined, text: string, key: string): boolean {
  if (mac === undefined) return false;
  return timingSafeEqual(Buffer.from(mac, "hex"), Buffer.from(keyedDigest(text, key), "hex"));
}

/**
 * Ed25519 signature of a text.
 * @param privateKey PEM (PKCS #8).
 * @throws Error for a key that is none, or of another kind; the message holds nothing of it.
 */
export function signatureOf(text: string, privateKey: string): Signature {
  const key = ed25519(() => createPrivateKey(privateKey), "private");
  const value = sign(null, Buffer.from(text), key).toString("base64");
  return { key: fingerprintOf(createPublicKey(key)), value };
}

/**
 * Whether a signature is there, and made with the private half of this key over exactly this text.
 * @param publicKey PEM (SPKI).
 * @throws Error for a key that is none, or of another kind.
 */
export function fitsSignature(signature: Signature | undefined, text: string, publicKey: string): boolean {
  const key = ed25519(() => createPublicKey(publicKey), "public");
  if (signature === undefined) return false;
  return verify(null, Buffer.from(text), key, Buffer.from(signature.value, "base64"));
}

/**
 * The public half of a private key, both PEM.
 * @throws Error for a key that is none, or of another kind.
 */
export function publicHalfOf(privateKey: string): string {
  const key = createPublicKey(ed25519(() => createPrivateKey(privateKey), "private"));
  return String(key.export({ type: "spki", format: "pem" }));
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
