import { execFileSync } from "node:child_process";

/** Brings what the tests stand on: the bundle they run as a user would, and the tools they need. Missing tools fail. */
export default function setup(): void {
  execFileSync(process.execPath, ["scripts/build.js", "--if-stale"], { stdio: "inherit" });
  try {
    execFileSync("terraform", ["version"], { stdio: "ignore", env: { ...process.env, CHECKPOINT_DISABLE: "1" } });
  } catch {
    throw new Error("terraform is not on the PATH; the tests run the real one, install it first");
  }
}
