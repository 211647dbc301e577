import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../../probes/terraform/syntax/json.ts";
import type { Attribute, Block, Expression } from "../../../../probes/terraform/syntax/syntax.ts";

function itemsOf(value: unknown): readonly (Attribute | Block)[] {
  return parseJson(typeof value === "string" ? value : JSON.stringify(value), "a.tf.json").body.items;
}

const blocksOf = (value: unknown): readonly Block[] => itemsOf(value) as Block[];

function under(block: Block | undefined, name: string): Expression {
  const found = block?.body.items.find((item) => item.kind === "attribute" && item.name === name);
  if (found?.kind !== "attribute") throw new Error(`has no ${name}`);
  return found.value;
}

function inside(value: Expression, key: string): Expression {
  const object = value.kind === "tuple" ? value.items[0]! : value;
  if (object.kind !== "object") throw new Error(object.kind);
  return object.entries.find((entry) => entry.key.kind === "literal" && entry.key.value === key)!.value;
}

function refusal(value: unknown): string {
  try {
    itemsOf(value);
  } catch (error) {
    expect((error as Error).name).toBe("ConfigurationError");
    return (error as Error).message;
  }
  throw new Error("was read");
}

describe("blocks of the top level", () => {
  it.each([
    ["an object at each level", { resource: { t: { a: { x: 1 }, b: {} } } }],
    ["a list of objects at each level", { resource: [{ t: [{ a: [{ x: 1 }] }] }, { t: { b: {} } }] }],
    ["a list of objects as a whole", [{ resource: { t: { a: { x: 1 } } } }, { resource: { t: { b: {} } } }]],
  ])("have their labels from keys: %s", (_, value) => {
    const blocks = blocksOf(value);
    expect(blocks.map(({ type, labels }) => [type, ...labels])).toEqual([
      ["resource", "t", "a"],
      ["resource", "t", "b"],
    ]);
    expect(under(blocks[0], "x")).toMatchObject({ kind: "literal", value: 1 });
  });

  it("are as many as the list that stands for them, and none for null", () => {
    expect(blocksOf({ locals: [{ a: 1 }, { b: 2 }] })).toHaveLength(2);
    expect(blocksOf({ locals: null, variable: { a: null }, resource: { t: { a: [] } } })).toEqual([]);
  });

  it("have their labels, their comments aside", () => {
    const [block] = blocksOf({ "//": "c", locals: { "//": "c", a: { "//": "c", b: 1 } } });
    expect(block!.body.items).toHaveLength(1);
    expect(under(block, "a")).toMatchObject({ entries: [{ key: { value: "b" } }] });
  });

  it("keep the path of the construct that made them", () => {
    const [a, b] = blocksOf({
      resource: { t: { a: { "//": { metadata: { path: "stack/a", uniqueId: "a" } } }, b: { "//": "note" } } },
    });
    expect([a!.body.metadata, b!.body.metadata]).toEqual([{ path: "stack/a" }, undefined]);
  });

  it("leave a key that Terraform does not know as an argument", () => {
    expect(itemsOf({ novelty: { a: 1 } })).toMatchObject([{ kind: "attribute", name: "novelty" }]);
  });
});

describe("places", () => {
  const text = '{\n  "resource": {"t": {"a/b": [\n    {"x": ["\\n\\u00e9 ${var.y}"]}\n  ]}}\n}';
  const [block] = blocksOf(text);

  it("name the line, the column and the pointer of a value", () => {
    expect(block!.at).toEqual({ file: "a.tf.json", line: 2, column: 22, pointer: "/resource/t/a~1b/0" });
    expect(block!.body.items[0]!.at).toMatchObject({ line: 3, column: 6 });
    expect(under(block, "x").at).toMatchObject({ line: 3, column: 11, pointer: "/resource/t/a~1b/0/x" });
  });

  it("name the column inside a text, its escapes counted as they are written", () => {
    const list = under(block, "x");
    if (list.kind !== "tuple" || list.items[0]?.kind !== "template") throw new Error(list.kind);
    const [literal, reference] = list.items[0].parts;
    expect(literal).toMatchObject({ kind: "literal", value: "\né " });
    expect(reference!.at).toEqual({
      file: "a.tf.json",
      line: 3,
      column: text.split("\n")[2]!.indexOf("var.y") + 1,
      pointer: "/resource/t/a~1b/0/x/0",
    });
  });
});

describe("texts", () => {
  it.each([
    ["x", { kind: "literal", value: "x" }],
    ["$${x} %%{y} $ % \\n", { kind: "literal", value: "${x} %{y} $ % \\n" }],
    ["${t.a-b.id}", { kind: "attribute", name: "id", of: { kind: "attribute", name: "a-b", of: { name: "t" } } }],
    ["a ${1}", { kind: "template", parts: [{ value: "a " }, { value: 1 }] }],
    // Terraform 1.11 takes all after a lone carriage return for text.
    ["${1}\r${2}", { kind: "template", parts: [{ value: 1 }, { value: "\r${2}" }] }],
    ["x\n  ${~ 1 ~}  \n  y", { kind: "template", parts: [{ value: "x\n" }, { value: 1 }, { value: "  y" }] }],
  ])("are templates: %j", (text, expected) => {
    expect(under(blocksOf({ locals: { a: text } })[0], "a")).toMatchObject(expected);
  });

  it("are templates as keys of an object too", () => {
    const value = under(blocksOf({ locals: { a: { "${x}": 1 } } })[0], "a");
    expect(value).toMatchObject({ entries: [{ key: { kind: "name", name: "x" } }] });
  });

  it.each([
    ["a variable's default", { variable: { a: { default: { b: "${x} $${y}" } } } }, ["default", "b"]],
    ["a variable's description", { variable: { a: { description: "${x} $${y}" } } }, ["description"]],
    ["a backend", { terraform: { backend: { local: { path: "${x} $${y}" } } } }, ["backend", "local", "path"]],
    ["a module's source", { module: { a: { source: "${x} $${y}" } } }, ["source"]],
    ["an output's description", { output: { a: { description: "${x} $${y}" } } }, ["description"]],
  ])("are what they say in %s", (_, file, [name, ...keys]) => {
    const value = keys.reduce(inside, under(blocksOf(file)[0], name!));
    expect(value).toMatchObject({ kind: "literal", value: "${x} $${y}" });
  });

  it.each([
    ["depends_on", { resource: { t: { a: { depends_on: ["t.b"] } } } }, { items: [{ kind: "attribute", name: "b" }] }],
    ["provider", { resource: { t: { a: { provider: "google.east" } } } }, { kind: "attribute", name: "east" }],
    ["type", { variable: { a: { type: "list(string)" } } }, { kind: "call", name: "list" }],
    [
      "lifecycle",
      { resource: { t: { a: { lifecycle: [{ ignore_changes: "all" }] } } } },
      { items: [{ entries: [{ value: { kind: "name", name: "all" } }] }] },
    ],
    [
      "provisioner",
      { resource: { t: { a: { provisioner: [{ "local-exec": { when: "destroy", command: "x ${y}" } }] } } } },
      {
        items: [{ entries: [{ value: { entries: [{ value: { kind: "name" } }, { value: { kind: "template" } }] } }] }],
      },
    ],
    [
      "dynamic",
      {
        resource: {
          t: { a: { dynamic: { rule: { iterator: "each", content: { dynamic: { x: { iterator: "y" } } } } } } },
        },
      },
      { entries: [{ value: { entries: [{ value: { kind: "name", name: "each" } }, {}] } }] },
    ],
  ])("are the expression that they spell in %s", (name, file, expected) => {
    expect(under(blocksOf(file)[0], name)).toMatchObject(expected);
  });
});

describe("refusals", () => {
  it.each([
    ["", "a.tf.json:1:1  is empty"],
    ["\uFEFF{}", "a.tf.json:1:1  is not valid JSON"],
    ['{"a":1,}', "a.tf.json:1:8  is not valid JSON"],
    ['{"locals":{}} // c', "a.tf.json:1:15  is not valid JSON"],
    ['{"locals":{"a":1,\n "a":2}}', 'a.tf.json:2:2  key "a" stands twice; it stood first at 1:12'],
    ['{"locals":{"x":{"a":1,"a":2}}}', 'a.tf.json:1:23  key "a" stands twice'],
    ["1", "a.tf.json:1:1  Root value must be object"],
    [
      '{"resource":"x"}',
      "a.tf.json:1:13  Missing block label; At least one object property is required, whose name represents the resource block's type.",
    ],
    ['{"resource":{"t":null}}', "block's name."],
    ['{"locals":["x"]}', "a.tf.json:1:12  Incorrect JSON value type"],
    ['{"locals":[null]}', "a.tf.json:1:12  Incorrect JSON value type"],
    ['{"locals":{"a":"x ${"}}', "a.tf.json:1:21  Invalid expression"],
    ['{"resource":{"t":{"a":{"depends_on":["${t.b}"]}}}}', "a.tf.json:1:39  Invalid character"],
  ])("%j", (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it("are of the same texts as Node's, duplicate keys aside", () => {
    const json = fc.json({ maxDepth: 3 });
    const fragment = fc.constantFrom(...'{}[],:"\\ \n\t01-+.eE/'.split(""), "true", "nul", "\u0000", "\\u12", "\u00a0");
    const broken = fc.tuple(json, fc.nat(), fragment, fc.boolean()).map(([text, where, piece, inserts]) => {
      const at = where % (text.length + 1);
      return text.slice(0, at) + piece + text.slice(inserts ? at : at + 1);
    });
    fc.assert(
      fc.property(fc.oneof(json, broken), (inner) => {
        // A default is no template.
        const text = `{"variable":{"a":{"default":${inner}}}}`;
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        let message = "";
        try {
          itemsOf(text);
        } catch (error) {
          message = (error as Error).message;
        }
        if (/stands twice|Missing block label|Incorrect JSON value type/.test(message)) return;
        expect(message === "", `${text}\n${message}`).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
  });
});
