import type { ResourceGraph } from "./graph.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { SourceOptions } from "./read-source.ts";

export function readDirectory(directory: string, _options: SourceOptions): Promise<ResourceGraph> {
  return Promise.reject(new ConfigurationError("cannot be read yet", { file: directory }));
}
