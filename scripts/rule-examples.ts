import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Configurations that a static rule is tested on, which its documentation shows. */
export const FIXTURES = "tests/fixtures/rules";

/** The first configuration that fails a rule and the first that passes it; nothing where there is none. */
export function exampleOf(id: string): string {
  const shown = [
    ["Fails", example(id, "fails")],
    ["Passes", example(id, "passes")],
  ].filter(([, text]) => text !== "");
  return shown.map(([title, text]) => `\n${title}:\n\n\`\`\`hcl\n${text}\`\`\`\n`).join("");
}

function example(id: string, outcome: "fails" | "passes"): string {
  const folder = join(FIXTURES, id, outcome);
  if (!existsSync(folder)) return "";
  const [file] = readdirSync(folder)
    .filter((name) => name.endsWith(".tf"))
    .sort();
  return file === undefined ? "" : withoutExpectations(readFileSync(join(folder, file), "utf8"));
}

/** The line that is found keeps a mark; what the tests expect of it is theirs. */
function withoutExpectations(text: string): string {
  return text.replace(/# expect: .*/g, "# here");
}
