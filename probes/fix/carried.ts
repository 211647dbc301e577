import type { Span } from "./hcl-tree.ts";

/** A piece of a text and what comes in its place. */
export interface Replacement extends Span {
  readonly text: string;
}

/** What a change comes to in a text, or why it cannot be carried out there. */
export type Carried = readonly Replacement[] | { readonly refusal: string };
