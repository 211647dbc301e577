import { explain, shelves } from "../explain/explain.ts";
import { EXIT_CODE } from "../gate/verdict.ts";
import { renderExplanation } from "../report/explain-text.ts";
import { wrap } from "../report/paint.ts";
import { meant } from "./choose-edge.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./context.ts";

export interface ExplainOptions {
  readonly format: string;
}

/** A rule, an open question, a behaviour or a fact: why it is there, what to do, what it rests on. Without an id: all ids. */
export function explainId(id: string | undefined, { format }: ExplainOptions, context: CommandContext): number {
  if (format !== "text" && format !== "json")
    throw new UsageError(`unknown format ${format}${meant(format, ["text", "json"])} (valid: text, json)`);
  context.stdout(id === undefined ? listed(format) : explained(id, format, context));
  return EXIT_CODE.pass;
}

function explained(id: string, format: "text" | "json", { isTerminal, env }: CommandContext): string {
  const explanation = explain(id);
  if (explanation === undefined) {
    const ids = shelves().flatMap((shelf) => shelf.ids);
    throw new UsageError(`nothing is called ${id}${meant(id, ids)}; headgate explain lists what there is`);
  }
  if (format === "json") return `${JSON.stringify(explanation, null, 2)}\n`;
  return renderExplanation(explanation, { colour: isTerminal.stdout && env["NO_COLOR"] === undefined });
}

function listed(format: "text" | "json"): string {
  if (format === "json") return `${JSON.stringify(shelves(), null, 2)}\n`;
  const all = shelves().filter(({ ids }) => ids.length > 0);
  return all
    .map(
      ({ title, ids }) =>
        `${title}\n${wrap(ids.join(", "), 78)
          .map((line) => `  ${line}\n`)
          .join("")}`,
    )
    .join("\n");
}
