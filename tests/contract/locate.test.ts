import { describe, expect, it } from "vitest";
import { parseLocated } from "../../contract/locate.ts";
import { formatProblem } from "../../contract/problem.ts";
import { REFERENCE, edit, problemsOf, refusalOf } from "../support/builders.ts";

const said = (text: string): string[] => problemsOf(text).map(formatProblem);

/** Each level holds the one before ten times: a few lines that would unfold to billions of values. */
function aliasBomb(levels: number): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level <= levels; level++) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

describe("a file that is not YAML", () => {
  for (const [what, text, says] of [
    [
      "a list that does not end",
      "version: [1",
      "headgate.yaml:1:12  not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "a tab for indentation",
      "version: 1\n\tname: x\n",
      "headgate.yaml:2:1  not valid YAML: Tabs are not allowed as indentation",
    ],
    [
      "two documents",
      "version: 1\n---\nversion: 1\n",
      "headgate.yaml:2:1  not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments()",
    ],
  ] as const) {
    it(`is refused at the place of the slip: ${what}`, () => {
      expect(said(text)).toEqual([says]);
    });
  }

  it("is refused for a key that stands twice, at the second", () => {
    expect(refusalOf({ from: "name: reference\n", to: "name: reference\nname: again\n" })).toEqual({
      said: ["headgate.yaml:5:1  not valid YAML: Map keys must be unique"],
      stands: "name: again",
    });
  });

  it("is still searched for other problems when a key stands twice", () => {
    const text = edit(edit(REFERENCE, "name: reference\n", "name: reference\nname: again\n"), "port: 8000", "port: 0");
    expect(said(text)).toEqual([
      "headgate.yaml:5:1  not valid YAML: Map keys must be unique",
      "headgate.yaml:22:11  services.backend.port: must be at least 1\n    value  0",
    ]);
  });

  it("is refused when its aliases unfold without measure, at once", () => {
    const from = performance.now();
    expect(said(`${REFERENCE}${aliasBomb(12)}`)).toEqual([
      "headgate.yaml:1:1  not valid YAML: Excessive alias count indicates a resource exhaustion attack",
    ]);
    expect(performance.now() - from).toBeLessThan(2000);
  });
});

describe("aliases in good measure", () => {
  const aliases = (count: number): string => `a: &a x\nb: [${Array.from({ length: count }, () => "*a").join(", ")}]\n`;

  it("are read dozens of times, and not hundreds", () => {
    expect(parseLocated(aliases(90), "f.yaml").errors).toEqual([]);
    expect(parseLocated(aliases(110), "f.yaml").errors).toHaveLength(1);
  });

  it("are read as what they stand for", () => {
    const text = edit(
      edit(
        REFERENCE,
        "identity: { name: X-User-Id, arrives: never }",
        "identity: { name: X-User-Id, arrives: &no never }",
      ),
      "test-bypass: { name: X-E2E-Bypass, arrives: never }",
      "other: { name: X-Other, arrives: never }",
    );
    const { value } = parseLocated(`${text}again: *no\n`, "headgate.yaml");
    expect(value).toMatchObject({ again: "never" });
  });
});

describe("parseLocated", () => {
  const yaml = parseLocated("a:\n  b: [x, y]\n", "f.yaml");

  it("knows the place of a value", () => {
    expect(yaml.at(["a", "b", 1])).toEqual({ file: "f.yaml", line: 2, column: 10 });
  });

  it("knows the place of a key", () => {
    expect(yaml.keyAt(["a", "b"])).toEqual({ file: "f.yaml", line: 2, column: 3 });
  });

  it("gives the place of the nearest ancestor for a value that is not there", () => {
    expect(yaml.at(["a", "missing", 3])).toEqual({ file: "f.yaml", line: 2, column: 3 });
  });
});
