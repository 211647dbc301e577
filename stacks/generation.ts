import { createHash } from "node:crypto";

/**
 * Short name of a service's generation: eight hexadecimal digits over everything in its revision template. Two
 * templates never share a name, and a change outside the template keeps it: Cloud Run refuses one revision name
 * with two templates, and a docs-only commit must plan no change.
 */
export function generationOf(template: unknown): string {
  return createHash("sha256").update(canonicalJson(template)).digest("hex").slice(0, 8);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
