import { execFileSync, spawnSync } from "node:child_process";

/** Programs of others that some suites run beside ours, and the Debian package of each. */
const TOOLS = { nginx: "nginx", haproxy: "haproxy", chromium: "chromium" } as const;
export type ForeignTool = keyof typeof TOOLS;

const MISSING = "HEADGATE_MISSING_TOOLS";

/**
 * Installs what is missing where it can (Debian, as root), and notes the rest for {@link isMissing}. In CI a missing tool is
 * a failure: a suite that was left out proves nothing.
 */
export function provideForeignTools(): void {
  const wanted = absent();
  if (wanted.length > 0 && process.getuid?.() === 0 && has("apt-get")) install(wanted.map((tool) => TOOLS[tool]));
  const missing = absent();
  if (missing.length > 0 && process.env["CI"] === "true")
    throw new Error(`these tools are missing: ${missing.join(", ")}; run apt-get install ${missing.join(" ")} as root`);
  process.env[MISSING] = missing.join(" ");
}

/** True for a tool whose suites have to be left out here. */
export function isMissing(tool: ForeignTool): boolean {
  return (process.env[MISSING] ?? "").split(" ").includes(tool);
}

/** Said last of all, so that nobody takes a run without these suites for a whole one. */
export function sayWhatWasLeftOut(): void {
  const missing = process.env[MISSING] ?? "";
  if (missing !== "")
    console.log(`\nleft out, because their tool is missing: the suites with ${missing.replaceAll(" ", ", ")}`);
}

function absent(): ForeignTool[] {
  return (Object.keys(TOOLS) as ForeignTool[]).filter((tool) => !has(tool));
}

function has(program: string): boolean {
  // Debian keeps servers where a person's PATH may not look.
  const path = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
  return spawnSync("sh", ["-c", `command -v ${program}`], { env: { ...process.env, PATH: path } }).status === 0;
}

function install(packages: readonly string[]): void {
  console.log(`installing ${packages.join(", ")} for the tests`);
  const options = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  const arguments_ = ["install", "-y", "--no-install-recommends", ...packages];
  try {
    execFileSync("apt-get", arguments_, options);
  } catch {
    // A fresh machine has no package lists yet; without a network the tools stay missing, which is said elsewhere.
    spawnSync("apt-get", ["update"], options);
    spawnSync("apt-get", arguments_, options);
  }
}
