import { attribute, blocks, knownText } from "../../terraform/graph.ts";
import type { Resource } from "../../terraform/graph.ts";

/** Whether Terraform is told to leave an argument of a resource as it finds it. */
export function ignoresChanges({ body }: Resource, name: string): boolean {
  const ignored = blocks(body, "lifecycle").flatMap((block) => attribute(block, "ignore_changes") ?? []);
  const entries = ignored.flatMap((value) => (value.kind === "list" ? value.items : [value]));
  return entries.some((entry) => {
    const text = knownText(entry);
    return text === "all" || text?.split(/[.[]/)[0] === name;
  });
}
