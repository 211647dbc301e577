import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAll } from "../../../probes/commands/write-files.ts";
import { temporaryFolder } from "../../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe("writing several files", () => {
  it("writes none of them when one changed since it was read, and leaves nothing behind", () => {
    const change = (file: string, before: string, after: string): Parameters<typeof writeAll>[0][number] => {
      const path = join(folder.path, file);
      writeFileSync(path, "one\n");
      return { file, path, before, after };
    };
    const changes = [change("a.tf", "one\n", "two\n"), change("b.tf", "another\n", "two\n")];
    expect(() => writeAll(changes)).toThrow("nothing was written: b.tf changed since it was read");
    expect(readdirSync(folder.path).sort()).toEqual(["a.tf", "b.tf"]);
    expect(readFileSync(join(folder.path, "a.tf"), "utf8")).toBe("one\n");
    writeAll(changes.slice(0, 1));
    expect(readFileSync(join(folder.path, "a.tf"), "utf8")).toBe("two\n");
    expect(readdirSync(folder.path).sort()).toEqual(["a.tf", "b.tf"]);
  });
});
