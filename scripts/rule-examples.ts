import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Configurations that a static rule is tested on, which its documentation shows. */
export const FIXTURES = "tests/fixtures/rules";

/**
 * Of the first configuration that fails a rule, and of the first that passes it, the blocks that the rule is about, each
 * with its contract; nothing where there is none.
 */
export function exampleOf(id: string): string {
  const fails = filesOf(id, "fails");
  const marked = blocksIn(fails.get("hcl") ?? "").filter((block) => EXPECTATION.test(block));
  const named = new Set(marked.map(headOf));
  const shown = (["fails", "passes"] as const).map((outcome) => {
    const files = filesOf(id, outcome);
    const blocks = blocksIn(files.get("hcl") ?? "");
    const own = blocks.filter((block) => named.has(headOf(block)));
    return { outcome, blocks: own.length > 0 ? own : blocks, contract: files.get("yaml") };
  });
  return shown
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ outcome, blocks, contract }) => {
      const parts = [fenced("hcl", blocks.join("\n\n")), ...(contract === undefined ? [] : [fenced("yaml", contract)])];
      return `\n${outcome === "fails" ? "Fails" : "Passes"}:\n${parts.join("")}`;
    })
    .join("");
}

/** Configuration and contract of the first fixture. */
function filesOf(id: string, outcome: "fails" | "passes"): ReadonlyMap<"hcl" | "yaml", string> {
  const folder = firstFolder(join(FIXTURES, id, outcome));
  const files = new Map<"hcl" | "yaml", string>();
  const [file] = configurationsIn(folder);
  if (file === undefined) return files;
  files.set("hcl", readFileSync(join(folder, file), "utf8"));
  const contract = join(folder, "headgate.yaml");
  if (existsSync(contract)) files.set("yaml", readFileSync(contract, "utf8"));
  return files;
}

/** Blocks of the outermost level, with the comments before each. */
function blocksIn(text: string): string[] {
  return text
    .split(/(?<=^\}\n)\n*/m)
    .map((block) => block.trim())
    .filter((block) => block !== "");
}

/** `resource "google_compute_url_map" "main"`. */
function headOf(block: string): string {
  return /^\w.*\{/m.exec(block)?.[0] ?? block;
}

const EXPECTATION = /# expect: .*/;

/** A fixture is the folder itself, or each folder in it. */
function firstFolder(folder: string): string {
  if (!existsSync(folder) || configurationsIn(folder).length > 0) return folder;
  const [first] = readdirSync(folder).sort();
  return first === undefined ? folder : join(folder, first);
}

function configurationsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".tf"))
    .sort();
}

function fenced(language: string, text: string): string {
  return `\n\`\`\`${language}\n${withoutExpectations(text.trim())}\n\`\`\`\n`;
}

/** The line that is found keeps a mark; what the tests expect of it is theirs. */
function withoutExpectations(text: string): string {
  return text.replace(new RegExp(EXPECTATION, "g"), "# here");
}
