/**
 * Shortest part of a secret that counts as one, in characters: a close reason has room for a part only, and a server may
 * cut what it repeats.
 */
const MIN_PART = 16;

const REDACTED = "[redacted]";

/** Words from outside without any secret in them, and without any part of one that has 16 characters or more. */
export function redact(text: string, secrets: readonly string[]): string {
  const longest = [...secrets].sort((a, b) => b.length - a.length);
  const whole = longest.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
  return whole.length < MIN_PART ? whole : withoutParts(whole, secrets);
}

function withoutParts(text: string, secrets: readonly string[]): string {
  const parts = partsOf(secrets);
  let clean = "";
  let at = 0;
  while (at < text.length) {
    const isSecret = parts.has(text.slice(at, at + MIN_PART));
    const length = isSecret ? Math.max(...secrets.map((secret) => sharedFrom(text, at, secret))) : 1;
    clean += isSecret ? REDACTED : text[at]!;
    at += length;
  }
  return clean;
}

/** Every part of the shortest length. All words of an attempt are held against the same secrets, so they are cut once. */
const known = new WeakMap<readonly string[], ReadonlySet<string>>();

function partsOf(secrets: readonly string[]): ReadonlySet<string> {
  const found = known.get(secrets);
  if (found !== undefined) return found;
  const parts = new Set<string>();
  for (const secret of secrets)
    for (let at = 0; at + MIN_PART <= secret.length; at++) parts.add(secret.slice(at, at + MIN_PART));
  known.set(secrets, parts);
  return parts;
}

/** How much of the text from here on is part of the secret. */
function sharedFrom(text: string, at: number, secret: string): number {
  const start = secret.indexOf(text.slice(at, at + MIN_PART));
  if (start === -1) return 0;
  let length = MIN_PART;
  while (at + length < text.length && text[at + length] === secret[start + length]) length++;
  return length;
}
