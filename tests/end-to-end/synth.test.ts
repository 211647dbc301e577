import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { RECEIPT_FILE, parseReceipt } from "../../contract/receipt.ts";
import { run } from "../support/cli.ts";
import { temporaryFolder } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** Every file below a folder, by relative path. */
function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((file) => [file.slice(directory.length), readFileSync(file, "utf8")]),
  );
}

it("gives the same bytes by `npx cdktf synth` and `npm run synth`, twice each, with no absolute path in them", async () => {
  const outputs: Record<string, string>[] = [];
  const receipts: Record<string, string>[] = [];
  for (const [index, command] of [
    ["npm", "run", "synth"],
    ["npx", "cdktf", "synth"],
    ["npm", "run", "synth"],
    ["npx", "cdktf", "synth"],
  ].entries()) {
    const output = join(folder.path, String(index));
    const viaCli = command[1] === "cdktf";
    const { code, stderr } = await run(command[0]!, [...command.slice(1), ...(viaCli ? ["--output", output] : [])], {
      env: viaCli ? {} : { CDKTF_OUTDIR: output },
    });
    expect(code, stderr).toBe(0);
    const files = Object.entries(contents(output));
    outputs.push(Object.fromEntries(files.filter(([file]) => !file.endsWith(RECEIPT_FILE))));
    receipts.push(Object.fromEntries(files.filter(([file]) => file.endsWith(RECEIPT_FILE))));
  }
  expect(Object.keys(outputs[0]!)).toEqual([
    "/manifest.json",
    "/stacks/production/candidate.json",
    "/stacks/production/cdk.tf.json",
    "/stacks/production/sources.json",
    "/stacks/staging/cdk.tf.json",
    "/stacks/staging/sources.json",
  ]);
  for (const output of outputs.slice(1)) expect(output).toEqual(outputs[0]);
  // Only `app` records: it is what a deploy runs.
  expect(receipts.map((each) => Object.keys(each).length)).toEqual([0, 2, 0, 2]);
  for (const [file, text] of Object.entries(receipts[1]!)) {
    const receipt = parseReceipt(text, file);
    expect(receipt.verdict).toBe("pass");
    expect(receipt.configuration).toEqual(parseReceipt(receipts[3]![file]!, file).configuration);
  }
  expect(JSON.stringify([outputs, receipts])).not.toContain(process.cwd());
  expect(JSON.stringify([outputs, receipts])).not.toContain(folder.path);
}, 120_000);
