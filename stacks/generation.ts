import { digestOf } from "../contract/canonical.ts";

/**
 * Short name of a service's generation: eight hexadecimal digits over everything in its revision template. Two
 * templates never share a name, and a change outside the template keeps it: Cloud Run refuses one revision name
 * with two templates, and a docs-only commit must plan no change.
 */
export function generationOf(template: unknown): string {
  return digestOf(template).slice(0, 8);
}
