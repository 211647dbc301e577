import { createHmac, timingSafeEqual } from "node:crypto";

/** Request header that carries the signature, and its form as a query parameter (a page can set only the URL). */
export const SIGNATURE_HEADER = "X-Headgate-Signature";
export const SIGNATURE_QUERY = "headgate-signature";

/** Request header without which the preview edge answers 404, whatever the address a request comes from. */
export const PREVIEW_HEADER = "X-Headgate-Preview";

/** Shortest key that opens a witness, in characters: a shorter one could be guessed from a token that was seen. */
export const MIN_KEY = 16;

/** Longest nonce that a witness accepts, in characters: it remembers each until its signature has run out. */
export const MAX_NONCE = 128;

/** Schema of the witness's answer. */
export const WITNESS_SCHEMA = "headgate-witness/1";

/** What a signature vouches for. The received host and path are no part of it: a rewrite may have changed them. */
export interface SignedClaim {
  readonly environment: string;
  readonly route: string;
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What a witness says it received. `headers` keeps every line in wire order. */
export interface WitnessReport {
  readonly schema: typeof WITNESS_SCHEMA;
  readonly nonce: string;
  readonly service: string;
  readonly revision: string;
  readonly image: string | null;
  readonly instance: string;
  readonly startedAt: string;
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** The self-contained token that opens a witness: claim and HMAC-SHA-256 over it, base64url. */
export function sign(claim: SignedClaim, key: string): string {
  const payload = Buffer.from(JSON.stringify([claim.environment, claim.route, claim.nonce, claim.expiresAt])).toString(
    "base64url",
  );
  return `${payload}.${mac(payload, key)}`;
}

/** The claim of a token whose MAC is right and whose time has not run out; undefined otherwise. Constant-time comparison. */
export function verify(token: string, key: string, now: number): SignedClaim | undefined {
  const [payload = "", signature = "", ...more] = token.split(".");
  // Compared as text: decoding would forgive trailing characters that were never signed.
  const given = Buffer.from(signature);
  const expected = Buffer.from(mac(payload, key));
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claim = readClaim(payload);
  return claim !== undefined && claim.expiresAt > now ? claim : undefined;
}

function mac(payload: string, key: string): string {
  return createHmac("sha256", key).update(payload).digest("base64url");
}

function readClaim(payload: string): SignedClaim | undefined {
  const fields = parsed(Buffer.from(payload, "base64url").toString("utf8"));
  if (!Array.isArray(fields) || fields.length !== 4) return undefined;
  const [environment, route, nonce, expiresAt] = fields as unknown[];
  if (
    typeof environment !== "string" ||
    typeof route !== "string" ||
    typeof nonce !== "string" ||
    typeof expiresAt !== "number"
  )
    return undefined;
  return { environment, route, nonce, expiresAt };
}

/** Whoever has the key may sign what is no JSON; that is no claim, and no reason to fail. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
