import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/reference.ts";
import { installStandIn } from "../support/stand-in-google/install.ts";
import type { Installation } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";
import { CONFIGURATIONS } from "./configurations.ts";

const asked = CONFIGURATIONS.filter(({ terraform: why }) => !/^(offline|none)\b/.test(why ?? ""));

let folder: ReturnType<typeof temporaryFolder>;
let standIn: Installation;
beforeAll(() => {
  folder = temporaryFolder();
  standIn = installStandIn(folder.path);
});
afterAll(() => folder.remove());

/** What `terraform validate` says of a copy: Terraform writes beside what it reads. */
async function validate(id: string, from: string): Promise<{ readonly code: number | null; readonly says: string }> {
  const copy = join(folder.path, id);
  cpSync(from, copy, { recursive: true });
  const init = await terraform(copy, ["init", "-backend=false"], standIn.env);
  expect(init.exitCode, init.stderr).toBe(0);
  const { exitCode, stderr } = await terraform(copy, ["validate"], standIn.env);
  return { code: exitCode, says: stderr.replace(/\s+/g, " ") };
}

describe("the corpus is what Terraform accepts, where it says nothing else", () => {
  it.each(asked.map(({ id, folder: from, terraform: why }) => [id, from, why] as const))(
    "%s",
    async (id, from, why) => {
      const { code, says } = await validate(id, from);
      if (why === undefined) expect({ code, says }).toEqual({ code: 0, says: "" });
      else expect({ code, says }).toEqual({ code: 1, says: expect.stringContaining(why.replace("refused: ", "")) });
    },
  );

  it("asks for all but a few", () => {
    expect(asked.length).toBeGreaterThan(0.8 * CONFIGURATIONS.length);
  });
});
