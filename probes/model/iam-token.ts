import { PLACEHOLDER } from "../terraform/graph.ts";

/** Issuers of the tokens that Google signs for its own services. */
const GOOGLE = ["https://accounts.google.com", "accounts.google.com"];

/** What can be said of a token without Google's keys. `maybe`: nothing speaks against it. */
export type TokenVerdict = { readonly kind: "maybe" } | { readonly kind: "invalid"; readonly why: string };

const NO_TOKEN: TokenVerdict = { kind: "invalid", why: "is not the token of a Google identity" };

/** Whether what is known of a value, before what is not, may begin a credential. */
function beginsLikeOne(start: string): boolean {
  const text = start.trimStart().toLowerCase();
  return "bearer ".startsWith(text) || text.startsWith("bearer ");
}

/**
 * A credential for the IAM check, as far as its own text says what it is (facts R10, R14). What cannot be decoded is not
 * held against it.
 */
export function judgeToken(
  value: string,
  { host, audiences }: { readonly host: string; readonly audiences: readonly string[] | undefined },
): TokenVerdict {
  const unread = value.indexOf(PLACEHOLDER);
  if (unread !== -1) return beginsLikeOne(value.slice(0, unread)) ? { kind: "maybe" } : NO_TOKEN;
  const token = /^bearer +(\S+)$/i.exec(value.trim())?.[1];
  const parts = token?.split(".") ?? [];
  if (token === undefined || parts.length !== 3) return NO_TOKEN;
  const [header, claims] = [decoded(parts[0]!), decoded(parts[1]!)];
  const algorithm = header?.["alg"];
  if (typeof algorithm === "string" && algorithm !== "RS256")
    return { kind: "invalid", why: `is signed with ${JSON.stringify(algorithm)}, and not by Google` };
  if (claims !== undefined && !GOOGLE.includes(String(claims["iss"])))
    return { kind: "invalid", why: "was not issued by Google" };
  const audience = claims?.["aud"];
  const own = [`https://${host}`, host];
  const isForHost = typeof audience === "string" && own.includes(audience.replace(/\/$/, ""));
  if (isForHost && audiences !== undefined && !audiences.includes(audience))
    return { kind: "invalid", why: "is made out to the host, which is none of the service's custom_audiences (R14)" };
  return { kind: "maybe" };
}

function decoded(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
