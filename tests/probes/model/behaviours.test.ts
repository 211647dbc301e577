import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BEHAVIOURS } from "../../../probes/model/behaviours.ts";

const ROOM = "probes/model";
const source = readdirSync(ROOM)
  .filter((name) => name.endsWith(".ts") && name !== "behaviours.ts")
  .map((name) => readFileSync(join(ROOM, name), "utf8"))
  .join("\n");
const cited = (fact: string): boolean => new RegExp(`\\b${fact}\\b`).test(source);

describe("the table of behaviours", () => {
  it("has every row once, A1 to A56", () => {
    expect(BEHAVIOURS.map(({ id }) => id)).toEqual(Array.from({ length: 56 }, (_, index) => `A${index + 1}`));
  });

  it.each(BEHAVIOURS.filter(({ standing }) => standing.kind === "told" || standing.kind === "asked"))(
    "$id is in the model, which cites one of its facts: $what",
    ({ sources }) => {
      expect(sources.filter(cited)).not.toEqual([]);
    },
  );

  it("knows of two rows that nothing in the model acts on", () => {
    const untouched = BEHAVIOURS.filter(({ standing }) => standing.kind === "untouched");
    expect(untouched.map(({ id }) => id)).toEqual(["A34", "A50"]);
  });

  it("stands in docs/model.md, as `npm run docs` writes it", () => {
    const page = readFileSync("docs/model.md", "utf8");
    for (const { id, what } of BEHAVIOURS) expect(page).toMatch(new RegExp(`^\\| ${id} .*${escaped(what)}`, "m"));
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
