import { describe, expect, it } from "vitest";
import { ConfigurationError } from "../../../probes/terraform/configuration-error.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";
import type { Value } from "../../../probes/terraform/graph.ts";
import { lineIndex, readJsonConfiguration } from "../../../probes/terraform/json-values.ts";

const none = (): undefined => undefined;
const resourcesOfJson = (...written: Parameters<typeof readJsonConfiguration>) =>
  readJsonConfiguration(...written).resources;

/** The value of one attribute `a`, as it stands in a resource's body. */
function valueOf(a: unknown): Value {
  const [resource] = resourcesOfJson(JSON.stringify({ resource: { some_type: { main: { a } } } }), "f.json", none);
  return resource!.body.entries.get("a")!;
}

describe("texts", () => {
  it.each([
    ["plain", "plain"],
    ["", ""],
    ["a $ b % c { d }", "a $ b % c { d }"],
    ["$${token}", "${token}"],
    ["%%{if x}", "%{if x}"],
    ["a $${x} b %%{y}", "a ${x} b %{y}"],
  ])("%j is the literal %j", (written, value) => {
    expect(valueOf(written)).toMatchObject({ kind: "literal", value });
  });

  it.each([
    ["${google_compute_url_map.main.id}", "google_compute_url_map.main", "id"],
    ["${google_cloud_run_v2_service.a-b_C1.name}", "google_cloud_run_v2_service.a-b_C1", "name"],
  ])("%j is a reference", (written, address, attribute) => {
    expect(valueOf(written)).toMatchObject({ kind: "reference", address, attribute });
  });

  it.each([
    ["${var.token}", PLACEHOLDER],
    ["${local.names.first}", PLACEHOLDER],
    ["${each.value.name}", PLACEHOLDER],
    ["${data.google_project.main.number}", PLACEHOLDER],
    ["${module.edge.id}", PLACEHOLDER],
    ["Bearer ${var.token}", `Bearer ${PLACEHOLDER}`],
    ["${var.a}-${var.b}", `${PLACEHOLDER}-${PLACEHOLDER}`],
    ["%{if var.a}x%{endif}", `${PLACEHOLDER}x${PLACEHOLDER}`],
    ["$${a} ${var.b} %%{c}", `\${a} ${PLACEHOLDER} %{c}`],
    ["${jsonencode({ a = 1 })}", PLACEHOLDER],
    ["x ${google_compute_url_map.main.id}", `x ${PLACEHOLDER}`],
  ])("%j is a template with a placeholder for what is not evaluated", (written, text) => {
    expect(valueOf(written)).toMatchObject({ kind: "template", text, expression: written });
  });

  it.each([1, 0, true, false, null])("%j is the literal it is", (value) => {
    expect(valueOf(value)).toMatchObject({ kind: "literal", value });
  });
});

describe("places", () => {
  const text = [
    "{",
    '  "resource": {',
    '    "some_type": {',
    '      "main": {',
    '        "list": [ "one", { "inner": 2 } ],',
    '\t"tab": "x"',
    "      }",
    "    }",
    "  }",
    "}",
  ].join("\n");
  const [resource] = resourcesOfJson(text, "dir/f.json", none);
  const list = resource!.body.entries.get("list") as Extract<Value, { kind: "list" }>;
  const block = list.items[1] as Extract<Value, { kind: "object" }>;

  it.each([
    ["the resource's body", resource!.body, "", 4, 15],
    ["a list", list, "list", 5, 17],
    ["an item", list.items[0]!, "list[0]", 5, 19],
    ["a block in a list", block, "list[1]", 5, 26],
    ["an attribute of a block", block.entries.get("inner")!, "list[1].inner", 5, 37],
    ["a value behind a tab", resource!.body.entries.get("tab")!, "tab", 6, 9],
  ])("%s", (_, value, attribute, line, column) => {
    expect(value.by).toEqual({ address: "some_type.main", attribute, file: "dir/f.json", line, column });
  });

  it("counts a carriage return as part of the line that it ends", () => {
    const windows = text.replaceAll("\n", "\r\n");
    const [same] = resourcesOfJson(windows, "f.json", none);
    expect(same!.body.entries.get("tab")!.by).toMatchObject({ line: 6, column: 9 });
  });

  it.each([
    [0, 1, 1],
    [1, 1, 2],
    [2, 2, 1],
    [3, 3, 1],
    [5, 3, 3],
  ])("offset %i is line %i, column %i", (offset, line, column) => {
    expect(lineIndex("a\n\nbc\n", "f")(offset)).toEqual({ file: "f", line, column });
  });
});

describe("resources", () => {
  it("carry type, name and address, in file order", () => {
    const text = JSON.stringify({ resource: { b_type: { two: {}, one: {} }, a_type: { x: {} } } });
    expect(resourcesOfJson(text, "f", none).map(({ address, type, name }) => [address, type, name])).toEqual([
      ["b_type.two", "b_type", "two"],
      ["b_type.one", "b_type", "one"],
      ["a_type.x", "a_type", "x"],
    ]);
  });

  it("leave comments out of every block, and give the construct of the metadata comment", () => {
    const body = { "//": { metadata: { path: "s/c" } }, block: { "//": "why", kept: 1 } };
    const at = { path: "s/c", file: "s.ts", line: 3 };
    const [one] = resourcesOfJson(JSON.stringify({ resource: { t: { n: body } } }), "f", (path) =>
      path === "s/c" ? at : undefined,
    );
    expect([...one!.body.entries.keys()]).toEqual(["block"]);
    const block = one!.body.entries.get("block") as Extract<Value, { kind: "object" }>;
    expect([...block.entries.keys()]).toEqual(["kept"]);
    expect(block.entries.get("kept")!.by.construct).toEqual(at);
  });

  it.each(['"text"', "7", "null", '[{ "a": 1 }, { "a": 2 }]'])("refuse the body %s, with its place", (body) => {
    const read = (): unknown => resourcesOfJson(`{ "resource": { "t": {\n "n": ${body} } } }`, "f.json", none);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow("f.json:2:7  resource t.n is not an object");
  });

  it.each([
    ['{\n  "a": tru\n}', "f.json:2:8  is not valid JSON"],
    ['{ "a": 1', "f.json:1:"],
    ["", "f.json:1:1  is "],
  ])("are not read from %j", (text, message) => {
    const read = (): unknown => resourcesOfJson(text, "f.json", none);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(message);
    expect(read).toThrow("synthesize again");
  });
});
