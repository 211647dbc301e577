import type { EnvironmentId, Json } from "../../support/reference.ts";

/** One thing that must be true of the Terraform of the reference system, whatever builds it. */
export interface Property {
  readonly name: string;
  /** Facts about Google Cloud that make it so; none where it is a convention of this project. */
  readonly facts: readonly string[];
  /** Throws where it does not hold. */
  readonly holds: (terraform: Json, environment: EnvironmentId) => void;
}
