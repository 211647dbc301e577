import { describe, expect, it } from "vitest";
import { loadHcl } from "../../../../probes/terraform/syntax/hcl.ts";
import type { Attribute, Block, Expression } from "../../../../probes/terraform/syntax/syntax.ts";

const parser = await loadHcl();

function first(text: string): Attribute | Block {
  return parser.parse(text, "a.tf").body.items[0]!;
}

function valueOf(expression: string): Expression {
  const item = first(`x = ${expression}\n`);
  if (item.kind !== "attribute") throw new Error("is no argument");
  return item.value;
}

/** Without places and texts as written. */
function bare(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === "at" || key === "text" ? undefined : inner)),
  );
}

function refusal(text: string): string {
  try {
    parser.parse(text, "a.tf");
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("was read");
}

describe("places", () => {
  it("count lines and columns from 1, columns in UTF-16 units", () => {
    const block = first('resource "a" "b" {\n  é = "😀" == x.y # c\n}\n') as Block;
    expect(block.at).toEqual({ file: "a.tf", line: 1, column: 1 });
    const [argument] = block.body.items as Attribute[];
    expect(argument!.at).toEqual({ file: "a.tf", line: 2, column: 3 });
    const { value } = argument!;
    if (value.kind !== "binary" || value.right.kind !== "attribute") throw new Error(value.kind);
    expect(value.at.column).toBe(7);
    expect(value.right.at.column).toBe(15);
    expect([value.text, value.right.text]).toEqual(['"😀" == x.y', "x.y"]);
  });

  it("stand inside templates, over lines and with a byte order mark before the file", () => {
    const item = first("\uFEFFx = <<-EOT\r\n    a ${b}\r\n  EOT\r\n") as Attribute;
    if (item.value.kind !== "template") throw new Error(item.value.kind);
    expect(item.at.column).toBe(1);
    expect(item.value.parts.map(({ at }) => [at.line, at.column])).toEqual([
      [2, 1],
      [2, 9],
      [2, 11],
    ]);
  });

  it("follow a text out of JSON", () => {
    const template = parser.parseTemplate("\\n ${a}", { file: "a.json", line: 7, column: 3, pointer: "/x" });
    if (template.kind !== "template") throw new Error(template.kind);
    expect(bare(template.parts[0])).toEqual({ kind: "literal", value: "\\n " });
    expect(template.parts[1]!.at).toEqual({ file: "a.json", line: 7, column: 8, pointer: "/x" });
  });
});

describe("expressions", () => {
  it.each([
    ["1e3", { kind: "literal", value: 1000 }],
    ["null", { kind: "literal", value: null }],
    ['"a\\n\\t\\"\\\\\\u00e9\\U0001F600$${x}%%{y}$"', { kind: "literal", value: 'a\n\t"\\é😀${x}%{y}$' }],
    ['"e\u0301"', { kind: "literal", value: "\u00e9" }],
    ['"${a}"', { kind: "name", name: "a" }],
    ['" ${~ null}"', { kind: "template", parts: [{ kind: "literal", value: null }] }],
    ['" ${~ a}"', { kind: "template", parts: [{ kind: "name", name: "a" }] }],
    ['""', { kind: "literal", value: "" }],
    ["a.0", { kind: "index", of: { kind: "name", name: "a" }, key: { kind: "literal", value: 0 } }],
    [
      "a.*.b[0]",
      {
        kind: "index",
        of: {
          kind: "splat",
          of: { kind: "name", name: "a" },
          each: { kind: "attribute", of: { kind: "each-item" }, name: "b" },
          full: false,
        },
        key: { kind: "literal", value: 0 },
      },
    ],
    [
      "a[*].b[0]",
      {
        kind: "splat",
        of: { kind: "name", name: "a" },
        each: {
          kind: "index",
          of: { kind: "attribute", of: { kind: "each-item" }, name: "b" },
          key: { kind: "literal", value: 0 },
        },
        full: true,
      },
    ],
    ["f(a...)", { kind: "call", name: "f", args: [{ kind: "name", name: "a" }], expands: true }],
    ["a::b()", { kind: "call", name: "a::b", args: [], expands: false }],
    [
      "{ a = 1, (b) : 2\n true = 3 }",
      {
        kind: "object",
        entries: [
          { key: { kind: "literal", value: "a" }, value: { kind: "literal", value: 1 } },
          { key: { kind: "name", name: "b" }, value: { kind: "literal", value: 2 } },
          { key: { kind: "literal", value: "true" }, value: { kind: "literal", value: 3 } },
        ],
      },
    ],
    [
      "{for k, v in a : k => v... if v}",
      {
        kind: "for",
        key: "k",
        item: "v",
        over: { kind: "name", name: "a" },
        keyOf: { kind: "name", name: "k" },
        valueOf: { kind: "name", name: "v" },
        groups: true,
        condition: { kind: "name", name: "v" },
      },
    ],
    [
      '"%{ if a }x%{ else }${b}%{ endif }"',
      {
        kind: "template",
        parts: [
          {
            kind: "template-if",
            condition: { kind: "name", name: "a" },
            yes: { kind: "literal", value: "x" },
            no: { kind: "template", parts: [{ kind: "name", name: "b" }] },
          },
        ],
      },
    ],
    [
      '"%{ for i in a ~} ${i} %{ endfor }"',
      {
        kind: "template",
        parts: [
          {
            kind: "template-for",
            item: "i",
            over: { kind: "name", name: "a" },
            body: {
              kind: "template",
              parts: [
                { kind: "name", name: "i" },
                { kind: "literal", value: " " },
              ],
            },
          },
        ],
      },
    ],
  ])("%s", (text, expected) => {
    expect(bare(valueOf(text))).toEqual(expected);
  });

  it("binds operators as HCL does", () => {
    const grouped = (e: Expression): string => {
      if (e.kind === "binary") return `(${grouped(e.left)}${e.operator}${grouped(e.right)})`;
      if (e.kind === "unary") return `(${e.operator}${grouped(e.operand)})`;
      if (e.kind === "conditional") return `(${grouped(e.condition)}?${grouped(e.yes)}:${grouped(e.no)})`;
      return e.text;
    };
    expect(grouped(valueOf("a || b && c == d < e + f * -g - h"))).toBe("(a||(b&&(c==(d<((e+(f*(-g)))-h)))))");
    expect(grouped(valueOf("a ? b : c ? d : e"))).toBe("(a?b:(c?d:e))");
    expect(grouped(valueOf("(a + b) * c"))).toBe("((a+b)*c)");
  });

  it("removes from a `<<-` heredoc the indentation that all its lines share, blank lines aside", () => {
    expect(valueOf("<<-EOT\n    a\n\n  \tb\n   EOT")).toMatchObject({ value: " a\n\nb\n" });
    expect(valueOf("<<EOT\n  a\\n\n  EOTX\n  EOT")).toMatchObject({ value: "  a\\n\n  EOTX\n" });
  });
});

describe("bodies", () => {
  it("hold arguments and blocks in file order, one-line blocks among them", () => {
    const block = first('a b "c" {\n  x = 1\n\n  y { z = 2 }\n  y {}\n}\n') as Block;
    expect([block.type, block.labels]).toEqual(["a", ["b", "c"]]);
    expect(block.body.items.map((item) => (item.kind === "block" ? item.type : item.name))).toEqual(["x", "y", "y"]);
  });

  it("keep each comment with the body that it stands in", () => {
    const { body } = parser.parse("# one\na {\n  // two\n  b = [ /* three */ 1 ] # four\n}\n# five", "a.tf");
    expect(body.comments).toEqual([
      { text: "one", at: { file: "a.tf", line: 1, column: 1 } },
      { text: "five", at: { file: "a.tf", line: 6, column: 1 } },
    ]);
    expect((body.items[0] as Block).body.comments!.map(({ text, at }) => [text, at.line])).toEqual([
      ["two", 3],
      ["three", 4],
      ["four", 4],
    ]);
  });

  it.each(["override.tf", "a/b_override.tf", "override.tf.json"])("take %s for an override file", (file) => {
    expect(parser.parse("", file).isOverride).toBe(true);
  });

  it.each(["overrides.tf", "my-override.tf", "override_a.tf"])("do not take %s for one", (file) => {
    expect(parser.parse("", file).isOverride).toBe(false);
  });
});

describe("refusals name the place and say it in HCL's words", () => {
  it.each([
    ["a = \n", "a.tf:1:5  Invalid expression; Expected the start of an expression"],
    ["a = 1\na = 2\n", 'a.tf:2:1  Attribute redefined; The argument "a" was already set at a.tf:1:1.'],
    ["a = 1 b = 2\n", "a.tf:1:7  Missing newline after argument;"],
    ['a = "x\ny"\n', "a.tf:1:7  Invalid multi-line string;"],
    ['a = "\\x"\n', 'a.tf:1:6  Invalid escape sequence; The symbol "x"'],
    ['a = "\\ud800"\n', "a.tf:1:6  Invalid escape sequence; Cannot encode character U+d800"],
    ['a = "${b c}"\n', "a.tf:1:10  Extra characters after interpolation expression;"],
    ['a = "%{ if b }"\n', "a.tf:1:6  Unexpected end of template; The if directive at 1:6"],
    ["a = <<EOT\nx\n", "a.tf:3:1  Unterminated template string;"],
    ["a {\n", "a.tf:2:1  Unclosed configuration block;"],
    ["a { b = 1\n}\n", "a.tf:1:10  Invalid single-argument block definition;"],
    ['a "${b}" {}\n', "a.tf:1:4  Invalid string literal; Template sequences are not allowed"],
    ["a = 'x'\n", "a.tf:1:5  Invalid character; Single quotes are not valid."],
    ["a = b & c\n", "a.tf:1:7  Unsupported operator;"],
    ["a = 1\rb = 2\n", "a.tf:1:6  Invalid character;"],
    ["a = 1.2.3\n", "a.tf:1:5  Invalid number literal;"],
    ["a = b.0.1\n", "a.tf:1:7  Invalid legacy index syntax;"],
    ["a = [for b in c : d => e]\n", "a.tf:1:21  Invalid 'for' expression; Key expression is not valid"],
    ["a = /* b\n", "a.tf:1:5  Invalid expression; This comment has no end"],
  ])("%j", (text, message) => {
    expect(refusal(text)).toContain(message);
  });
});
