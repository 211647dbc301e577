import type { Json } from "../support/reference.ts";

/** One fault, planted alone in the synthesized Terraform of the reference system. */
export interface BrokenEdge {
  /** What a person would say is wrong. */
  readonly title: string;
  /** The one rule that catches it. */
  readonly rule: string;
  readonly plant: (terraform: Json) => void;
  /** Edit of the reference contract, where the reference declares nothing that the fault would break. */
  readonly contract?: (yaml: string) => string;
  /** Names of the headers that fail; null for a fault of the whole request. */
  readonly headers: readonly (string | null)[];
  /** Routes and protocols that fail, as `host/paths protocol`. */
  readonly places: readonly string[];
  /** Attribute path that the report must name, and what the named line of the Terraform must hold. */
  readonly culprit: { readonly attribute: string; readonly line: string };
}
