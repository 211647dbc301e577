import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provideForeignTools, sayWhatWasLeftOut } from "./foreign-tools.ts";

/**
 * Brings what the tests stand on: the bundle that a user would run, one synth of the reference system to copy from, and
 * the tools they need. A missing tool fails the run.
 */
export default function setup(): () => void {
  execFileSync(process.execPath, ["scripts/build.js", "--if-stale"], { stdio: "inherit" });
  try {
    execFileSync("terraform", ["version"], { stdio: "ignore", env: { ...process.env, CHECKPOINT_DISABLE: "1" } });
  } catch {
    throw new Error("terraform is not on the PATH; the tests run the real one, install it first");
  }
  provideForeignTools();
  const directory = mkdtempSync(join(tmpdir(), "headgate-reference-"));
  const output = join(directory, "cdktf.out");
  execFileSync(process.execPath, ["--import", "tsx", "main.ts"], { env: { ...process.env, CDKTF_OUTDIR: output } });
  process.env["HEADGATE_REFERENCE_SYNTH"] = output;
  return () => {
    rmSync(directory, { recursive: true, force: true });
    sayWhatWasLeftOut();
  };
}
