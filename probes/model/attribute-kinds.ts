import type { Affects } from "../facts/provenance.ts";

/** What is known of the attributes of one kind of block. Whatever is not listed the provider does not have. */
export interface BlockAttributes {
  /** Read and given effect by the model. */
  readonly modelled: readonly string[];
  /** Known to change neither routing nor headers of a request. */
  readonly inert: readonly string[];
  /** Has an effect, or may have one, that cannot be told. */
  readonly undecided?: Readonly<Record<string, Undecided>>;
}

export interface Undecided {
  readonly reason: string;
  readonly affects: Affects;
}

/** What Terraform and the provider take in any resource. */
export const META = [
  "connection",
  "count",
  "deletion_policy",
  "depends_on",
  "description",
  "for_each",
  "id",
  "lifecycle",
  "name",
  "project",
  "provider",
  "provisioner",
  "timeouts",
] as const;
