import type { FoundBy, Severity } from "./finding.ts";

/** A fact of the table in `docs/facts.md`. */
export interface FactText {
  readonly id: string;
  readonly fact: string;
  /** How well it is known: `official`, `reports`, `open`. */
  readonly standing: string;
  /** Address of a page; empty where there is none. */
  readonly source: string;
}

/** What `explain` says of one id: `headgate-explanation/1`. */
export type Explanation = { readonly schema: "headgate-explanation/1"; readonly id: string } & (
  | {
      readonly kind: "rule";
      /** What it looks at: what a service received, a configuration, or what somebody accepts. */
      readonly looksAt: "traffic" | "configuration" | "waivers";
      readonly title: string;
      readonly because: string;
      readonly fix: string;
      readonly severity?: Severity;
      /** What else would find it, and when. */
      readonly found?: FoundBy;
      readonly sources: readonly FactText[];
    }
  | {
      readonly kind: "question";
      readonly question: string;
      readonly values: readonly string[];
      readonly sources: readonly FactText[];
    }
  | {
      readonly kind: "behaviour";
      readonly stage: string;
      readonly what: string;
      readonly told: string;
      readonly sources: readonly FactText[];
    }
  | (Omit<FactText, "id"> & { readonly kind: "fact"; readonly citedBy: readonly string[] })
);
