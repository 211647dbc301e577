import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import { CANDIDATE_FILE } from "../contract/release.ts";
import { EnvironmentStack } from "./environment-stack.ts";

/** Writes what would be live after a promotion beside each synthesized stack that has a preview edge. */
export function writeCandidates(app: App): void {
  for (const stack of app.node.children) {
    if (!(stack instanceof EnvironmentStack) || stack.candidateRelease === undefined) continue;
    const file = join(app.outdir, "stacks", stack.node.id, CANDIDATE_FILE);
    writeFileSync(file, `${JSON.stringify(stack.candidateRelease, null, 2)}\n`);
  }
}
