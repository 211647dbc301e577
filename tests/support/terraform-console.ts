import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the real Terraform makes of expressions, as JSON, in one process; `ERROR` for what it refuses. */
export function askConsole(expressions: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "headgate-console-"));
  try {
    const asked = expressions.map((each) => `  try(jsonencode(${each}), "ERROR"),\n`).join("");
    writeFileSync(join(folder, "main.tf"), `locals {\n  all = jsonencode([\n${asked}  ])\n}\n`);
    const { stdout, stderr, status } = spawnSync("terraform", ["console", "-no-color"], {
      cwd: folder,
      // It prints what its last line comes to, and nothing else.
      input: "local.all\n",
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" },
    });
    if (status !== 0) throw new Error(`${stdout}${stderr}`);
    return JSON.parse(JSON.parse(unescapeUnicode(stdout.trim())) as string) as string[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The console writes what cannot be printed as Go does: `\U0001f600`, `\x7f`. */
function unescapeUnicode(line: string): string {
  return line.replace(
    /(?<!\\)((?:\\\\)*)\\(?:U([0-9a-f]{8})|x([0-9a-f]{2})|a|v)/g,
    (all, before: string, long?: string, short?: string) => {
      const code = Number.parseInt(long ?? short ?? (all.endsWith("a") ? "07" : "0b"), 16);
      return before + JSON.stringify(String.fromCodePoint(code)).slice(1, -1);
    },
  );
}
