import { describe, expect, it } from "vitest";
import { remarksIn } from "../../../../probes/terraform/syntax/remarks.ts";

/** What each remark says, and the text of the lines that it is about. */
function meant(text: string): [string, string][] {
  const lines = text.split("\n");
  return remarksIn(text, "main.tf").map(({ text: said, from, to }) => [said, lines.slice(from - 1, to).join("\n")]);
}

describe("remarksIn", () => {
  it("finds the comments that speak to Headgate, in every spelling, with their place", () => {
    const text = "# headgate:one\n  // headgate: two\n/* headgate:three */ a = 1 # no headgate:four\n";
    expect(remarksIn(text, "main.tf").map(({ text: said, at }) => [said, at.line, at.column])).toEqual([
      ["one", 1, 1],
      ["two", 2, 3],
      ["three", 3, 1],
    ]);
  });

  it("takes no text for a comment", () => {
    expect(remarksIn('a = "# headgate:ignore"\nb = <<E\n# headgate:ignore\nE\n', "main.tf")).toEqual([]);
  });

  it("means the argument that it stands beside", () => {
    expect(meant("a = 1\nb = 2 # headgate:x\nc = 3\n")).toEqual([["x", "b = 2 # headgate:x"]]);
  });

  it("means the argument below it, over blank lines and other comments", () => {
    expect(meant("a = 1\n# headgate:x\n\n# of others\nb = [\n  2,\n]\nc = 3\n")).toEqual([["x", "b = [\n  2,\n]"]]);
  });

  it.each([
    ["above", "# headgate:x\nblock {\n  a {\n    b = 1\n  }\n}\nc = 1\n", "block {\n  a {\n    b = 1\n  }\n}"],
    ["beside", "block { # headgate:x\n  a = 1\n}\nc = 1\n", "block { # headgate:x\n  a = 1\n}"],
  ])("means a whole block when it stands %s its first line", (_, text, lines) => {
    expect(meant(text)).toEqual([["x", lines]]);
  });

  it("means one entry of a list, beside it or above it", () => {
    expect(meant("a = [\n  1,\n  2, # headgate:x\n  # headgate:y\n  3,\n]\n")).toEqual([
      ["x", "  2, # headgate:x"],
      ["y", "  3,"],
    ]);
  });

  it("means the line alone when it stands beside a closing brace", () => {
    expect(meant("a {\n  b = 1\n} # headgate:x\nc = 1\n")).toEqual([["x", "} # headgate:x"]]);
  });

  it("means nothing but itself at the end of a file", () => {
    expect(meant("a = 1\n# headgate:x")).toEqual([["x", "# headgate:x"]]);
  });

  it("counts lines as the reader does, behind a byte order mark and with carriage returns", () => {
    const [remark] = remarksIn("\uFEFFa = 1\r\n# headgate:x\r\nb = 2\r\n", "main.tf");
    expect(remark).toMatchObject({ text: "x", at: { line: 2, column: 1 }, from: 3, to: 3 });
  });
});
