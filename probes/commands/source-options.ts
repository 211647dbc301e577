import type { SourceOptions } from "../terraform/read-source.ts";

/** How verbs that read any configuration are told of its variables. */
export interface SourceChoice {
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  readonly root?: string;
}

/** Which configuration is read, and what its variables are. */
export function sourceOptions(choice: SourceChoice): SourceOptions {
  return {
    vars: choice.var ?? [],
    varFiles: choice.varFile ?? [],
    ...(choice.root !== undefined && { root: choice.root }),
  };
}
