import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explain, shelves } from "../../../probes/explain/explain.ts";
import { renderExplanation } from "../../../probes/report/explain-text.ts";

const ids = shelves().flatMap((shelf) => shelf.ids);
const text = (id: string): string => renderExplanation(explain(id)!, { colour: false });

describe("explain", () => {
  it("has no id twice, in whatever case", () => {
    const lower = ids.map((id) => id.toLowerCase());
    expect(lower.filter((id, index) => lower.indexOf(id) < index)).toEqual([]);
  });

  it("knows every id that it lists, and says something of it", () => {
    for (const id of ids) {
      expect(explain(id)?.id).toBe(id);
      expect(text(id).split("\n").length, id).toBeGreaterThan(2);
    }
  });

  it("stays within 80 columns where no address is longer", () => {
    const long = ids.flatMap((id) =>
      text(id)
        .split("\n")
        .filter((line) => line.length > 80 && !/https?:/.test(line)),
    );
    expect(long).toEqual([]);
  });

  it("says of a rule why, what to do and on which facts it rests, each with its page", () => {
    expect(explain("url-map-removes-credential")).toMatchObject({
      kind: "rule",
      looksAt: "configuration",
      severity: "error",
      found: "run",
      sources: expect.arrayContaining([
        expect.objectContaining({ id: "U1" }),
        expect.objectContaining({ id: "U2", source: expect.stringMatching(/^https:/) as string }),
      ]) as object[],
    });
    expect(text("header-unchanged")).toMatch(/ {2}fix {7}Take the header out/);
  });

  it("says of an open question what it may be, and of a fact who cites it", () => {
    expect(explain("remove-and-add")).toMatchObject({ kind: "question", values: ["remove-first", "add-first"] });
    const fact = explain("v4");
    expect(fact).toMatchObject({ kind: "fact", id: "V4" });
    expect(fact).toHaveProperty("citedBy", expect.arrayContaining(["backend-overwrites-authorization"]));
  });

  it("knows nothing of another id, nor of a name that every object has", () => {
    for (const id of ["", "constructor", "header-unchange"]) expect(explain(id)).toBeUndefined();
  });

  it("carries every fact of the page, word for word", () => {
    const rows = readFileSync("docs/facts.md", "utf8")
      .split("\n")
      .filter((line) => line.startsWith("| <a id="));
    const facts = shelves().find(({ title }) => title === "facts")!.ids;
    expect(rows.map((row) => /<\/a>(\S+)/.exec(row)![1])).toEqual(facts);
    for (const [index, id] of facts.entries()) {
      const said = explain(id);
      const words = said?.kind === "fact" ? said.fact : "";
      expect(rows[index]!.replaceAll("\\|", "|"), "npm run docs writes them").toContain(words);
      expect(words).not.toBe("");
    }
  });
});
