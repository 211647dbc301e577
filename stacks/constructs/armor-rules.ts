import type { ComputeSecurityPolicyRule } from "@cdktf/provider-google/lib/compute-security-policy/index.js";

/** Priority of the rule that every policy must have, for what no other rule matches. Lower numbers come first. */
export const DEFAULT_PRIORITY = 2_147_483_647;

/** Terms that are alternatives in one expression: Cloud Armor takes five in all, and one more stands beside them. */
const MAX_TERMS = 4;

/** Characters of one expression. */
const MAX_CHARACTERS = 2048;

/** Matches every request. */
export function everyone(): ComputeSecurityPolicyRule["match"] {
  return { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } };
}

/**
 * Expressions of which each asks for one of some terms and for `both`, as few as Cloud Armor's limits allow; together they
 * ask for one of all terms, in their order.
 */
export function expressionsOf(terms: readonly string[], both: string): string[] {
  const chunks: string[][] = [];
  for (const term of terms) {
    const longer = [...(chunks.at(-1) ?? []), term];
    const fits = longer.length <= MAX_TERMS && expressionOf(longer, both).length <= MAX_CHARACTERS;
    if (longer.length > 1 && fits) chunks[chunks.length - 1] = longer;
    else chunks.push([term]);
  }
  return chunks.map((chunk) => expressionOf(chunk, both));
}

/** A text as it stands inside an expression. */
export function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, (character) => `\\${character}`)}'`;
}

function expressionOf(terms: readonly string[], both: string): string {
  return `${terms.length === 1 ? terms[0]! : `(${terms.join(" || ")})`} && ${both}`;
}
