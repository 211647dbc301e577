/** `used`: this nonce came before; `full`: it cannot be remembered, so it must not be accepted. */
export type NonceVerdict = "fresh" | "used" | "full";

/** Size from which on the expired are looked for, so that a small memory is never walked through. */
const SMALL = 1024;

/**
 * Remembers each nonce until its signature has run out, so that a signature opens a witness once. Holds `limit` nonces
 * at most and forgets none that is still good. Times are milliseconds since the epoch.
 */
export function nonceMemory(limit: number): (nonce: string, expiresAt: number, now: number) => NonceVerdict {
  const expiries = new Map<string, number>();
  let walkAt = Math.min(SMALL, limit);
  let nextExpiry = Infinity;
  const forgetExpired = (now: number): void => {
    nextExpiry = Infinity;
    for (const [nonce, expiresAt] of expiries)
      if (expiresAt <= now) expiries.delete(nonce);
      else nextExpiry = Math.min(nextExpiry, expiresAt);
    // Twice what is left: each nonce is then walked over a few times at most.
    walkAt = Math.min(Math.max(SMALL, expiries.size * 2), limit);
  };
  return (nonce, expiresAt, now) => {
    const known = expiries.get(nonce);
    if (known !== undefined && known > now) return "used";
    if (expiries.size >= walkAt && nextExpiry <= now) forgetExpired(now);
    if (expiries.size >= limit) return "full";
    expiries.set(nonce, expiresAt);
    nextExpiry = Math.min(nextExpiry, expiresAt);
    return "fresh";
  };
}
