import { describe, expect, it } from "vitest";
import type { Change } from "../../../probes/facts/finding.ts";
import type { Provenance } from "../../../probes/facts/provenance.ts";
import { whyNot, withChanges } from "../../../probes/fix/apply.ts";

/** The place of the first character that is marked `«`; the mark goes. */
function marked(text: string, attribute: string, file = "main.tf"): { readonly text: string; readonly at: Provenance } {
  const before = text.slice(0, text.indexOf("«")).split("\n");
  const at = { address: "a.b", attribute, file, line: before.length, column: before.at(-1)!.length + 1 };
  return { text: text.replace("«", ""), at };
}

type Make = (at: Provenance) => Change;
const remove: Make = (at) => ({ kind: "delete", at });

function changed(text: string, attribute: string, make: Make, file?: string): string {
  const given = marked(text, attribute, file);
  const change = make(given.at);
  return whyNot(given.text, change) ?? withChanges(given.text, [change]);
}

const LIST = 'resource "a" "b" {\n  header_action {\n    request_headers_to_remove = ';

describe("taking out an entry of a list", () => {
  it.each([
    ["the first", '[«"X-A", "X-B"]', '["X-B"]'],
    ["the last", '["X-A", «"X-B"]', '["X-A"]'],
    ["one in the middle", '["X-A", «"X-B" , "X-C"]', '["X-A", "X-C"]'],
    [
      "one with its line and the comment behind it",
      '[\n      "X-A",\n      «"X-B", # b\n      # c\n      "X-C",\n    ]',
      '[\n      "X-A",\n      # c\n      "X-C",\n    ]',
    ],
    ["the last without a comma", '[\n      "X-A",\n      «"X-B"\n    ]', '[\n      "X-A",\n    ]'],
    ["one that a bracket is in", '["X-A]", «"X-B,", "${join(",", ["x"])}"]', '["X-A]", "${join(",", ["x"])}"]'],
    ["a heredoc", '[\n      «<<-EOT\n      a, b\n      EOT\n      , "X-C",\n    ]', '[\n      "X-C",\n    ]'],
  ])("takes %s", (_, before, after) => {
    expect(changed(`${LIST}${before}\n  }\n}\n`, "header_action[0].request_headers_to_remove[1]", remove)).toBe(
      `${LIST}${after}\n  }\n}\n`,
    );
  });

  it("takes the argument with its only entry, and a block that then says nothing", () => {
    const text = `resource "a" "b" {\n  name = "b"\n\n  header_action {\n    request_headers_to_remove = [«"X-A"]\n  }\n}\n`;
    expect(changed(text, "header_action[0].request_headers_to_remove[0]", remove)).toBe(
      'resource "a" "b" {\n  name = "b"\n}\n',
    );
  });

  it("keeps a block in which a comment stands", () => {
    const text = `${LIST}[«"X-A"]\n    # why\n  }\n}\n`;
    expect(changed(text, "header_action[0].request_headers_to_remove[0]", remove)).toBe(
      'resource "a" "b" {\n  header_action {\n    # why\n  }\n}\n',
    );
  });

  it("refuses the only entry of a list that has to have one", () => {
    expect(changed('resource "a" "b" {\n  hosts = [«"x"]\n}\n', "hosts[0]", remove)).toContain("only entry of hosts");
  });
});

describe("taking out an argument or a block", () => {
  it("aligns what is left as it was aligned", () => {
    expect(
      changed(
        'resource "a" "b" {\n  name        = "b" # one\n  «timeout_sec = 30\n  x           = 1 # two\n}\n',
        "timeout_sec",
        remove,
      ),
    ).toBe('resource "a" "b" {\n  name = "b" # one\n  x    = 1   # two\n}\n');
  });

  it("moves nothing in a file that was not aligned", () => {
    expect(
      changed('resource "a" "b" {\n  name   = "b"\n  «timeout_sec = 30\n  x = 1\n}\n', "timeout_sec", remove),
    ).toBe('resource "a" "b" {\n  name   = "b"\n  x = 1\n}\n');
  });

  it("leaves one blank line where two would meet, and the line ends as they are", () => {
    const text = 'resource "a" "b" {\r\n  x = 1\r\n\r\n  «cdn_policy {\r\n    y = 1\r\n  }\r\n\r\n  z = 1\r\n}\r\n';
    expect(changed(text, "cdn_policy", remove)).toBe('resource "a" "b" {\r\n  x = 1\r\n\r\n  z = 1\r\n}\r\n');
  });

  it("empties a block of one line", () => {
    expect(changed('resource "a" "b" {\n  log_config { «enable = true }\n}\n', "log_config.enable", remove)).toBe(
      'resource "a" "b" {\n  log_config {}\n}\n',
    );
  });

  it("takes a comment that speaks to Headgate", () => {
    const text = 'resource "a" "b" {\n  x = 1 «# headgate:ignore r\n}\n';
    expect(changed(text, "", remove)).toBe('resource "a" "b" {\n  x = 1\n}\n');
  });
});

describe("setting, adding, writing and naming", () => {
  const set: Make = (at) => ({ kind: "set", in: at, name: "session_affinity", value: "NONE" });
  it("adds an argument behind those that a block begins with", () => {
    expect(changed('«resource "a" "b" {\n  name = "b"\n\n  iap {\n  }\n}\n', "", set)).toBe(
      'resource "a" "b" {\n  name             = "b"\n  session_affinity = "NONE"\n\n  iap {\n  }\n}\n',
    );
  });

  it("adds one to a block that has none", () => {
    expect(changed('resource "a" "b" {\n  «iap {}\n}\n', "iap", set)).toBe(
      'resource "a" "b" {\n  iap {\n    session_affinity = "NONE"\n  }\n}\n',
    );
    expect(changed('«resource "a" "b" {\n  iap {\n  }\n}\n', "", set)).toBe(
      'resource "a" "b" {\n  session_affinity = "NONE"\n\n  iap {\n  }\n}\n',
    );
  });

  it("writes over one that is there", () => {
    expect(changed('«resource "a" "b" {\n  session_affinity = var.a ? "X" : "Y" # why\n}\n', "", set)).toBe(
      'resource "a" "b" {\n  session_affinity = "NONE" # why\n}\n',
    );
  });

  it("appends to a list on one line, on lines of their own, and to an empty one", () => {
    const add: Make = (at) => ({ kind: "append", to: at, values: ["/ws", "/ws/*"] });
    const around = (list: string): string => `resource "a" "b" {\n  «paths = ${list}\n}\n`;
    const of = (list: string): string => around(list).replace("«", "");
    expect(changed(around('["/a"]'), "paths", add)).toBe(of('["/a", "/ws", "/ws/*"]'));
    expect(changed(around("[]"), "paths", add)).toBe(of('["/ws", "/ws/*"]'));
    expect(changed(around('[\n    "/a" # a\n  ]'), "paths", add)).toBe(
      of('[\n    "/a", # a\n    "/ws",\n    "/ws/*",\n  ]'),
    );
  });

  it("quotes a text so that nothing in it is evaluated, and takes an expression word for word", () => {
    const write =
      (value: string | { expression: string }): Make =>
      (at) => ({ kind: "replace", at, value });
    const text = 'resource "a" "b" {\n  «x = 1\n}\n';
    expect(changed(text, "x", write('a"\\${b}%{c}\n'))).toBe('resource "a" "b" {\n  x = "a\\"\\\\$${b}%%{c}\\n"\n}\n');
    expect(changed(text, "x", write({ expression: "var.x" }))).toBe('resource "a" "b" {\n  x = var.x\n}\n');
  });

  it("gives an argument another name", () => {
    const rename: Make = (at) => ({ kind: "rename", at, name: "enable_cdn" });
    expect(changed('resource "a" "b" {\n  «cdn  = true # c\n  name = 1\n}\n', "cdn", rename)).toBe(
      'resource "a" "b" {\n  enable_cdn = true # c\n  name       = 1\n}\n',
    );
  });
});

describe("what is refused", () => {
  it.each([
    ["an entry that a variable brings", 'resource "a" "b" {\n  «list = var.list\n}\n', "list[0]"],
    ["an entry that a function makes", 'resource "a" "b" {\n  «list = concat(["a"], ["b"])\n}\n', "list[0]"],
    ["an entry of a list that is indexed", 'resource "a" "b" {\n  «list = [["a"]][0]\n}\n', "list[0]"],
    ["an entry of a list that a for makes", 'resource "a" "b" {\n  «list = [for x in var.y : x]\n}\n', "list[0]"],
    ["a part of an object that an expression makes", 'resource "a" "b" {\n  «map = merge({}, {})\n}\n', "map.key"],
  ])("%s", (_, text, attribute) => {
    expect(changed(text, attribute, remove)).toContain("an expression makes what is found there");
  });

  it("a block that a dynamic block repeats", () => {
    const text =
      'resource "a" "b" {\n  dynamic "x" {\n    for_each = [1]\n    «content {\n      y = 1\n    }\n  }\n}\n';
    expect(changed(text, "x[0]", remove)).toContain("dynamic");
  });

  it("a place where nothing begins", () => {
    expect(changed('resource "a" "b" {\n  li«st = 1\n}\n', "list", remove)).toBe(
      "nothing that could be changed stands there",
    );
  });
});

describe("several changes of one text", () => {
  it("are made from its end, each once, whatever their order", () => {
    const text = 'resource "a" "b" {\n  one = ["a", "b", "c"]\n  two = 2\n}\n';
    const at = (line: number, column: number, attribute: string): Change =>
      remove({ address: "a.b", attribute, file: "main.tf", line, column });
    const changes = [at(2, 10, "one[0]"), at(3, 3, "two"), at(2, 15, "one[1]"), at(2, 10, "one[0]")];
    for (const order of [changes, [...changes].reverse()])
      expect(withChanges(text, order)).toBe('resource "a" "b" {\n  one = ["c"]\n}\n');
  });

  it("keep a byte order mark", () => {
    const { text, at } = marked('resource "a" "b" {\n  «x = 1\n  y = 1\n}\n', "x");
    expect(withChanges(`\uFEFF${text}`, [remove(at)])).toBe('\uFEFFresource "a" "b" {\n  y = 1\n}\n');
  });
});

describe("a change of the contract", () => {
  const yaml = (text: string, make: Make): string => changed(text, "", make, "headgate.yaml");
  it("takes out an entry with its lines, and comments stay", () => {
    expect(yaml("waivers:\n  # one\n  - «{ rule: a }\n  - rule: b # two\n    target: c\n", remove)).toBe(
      "waivers:\n  # one\n  - rule: b # two\n    target: c\n",
    );
    expect(yaml("waivers:\n  - { rule: a }\n  - «rule: b # two\n    target: c\nname: x\n", remove)).toBe(
      "waivers:\n  - { rule: a }\nname: x\n",
    );
    expect(yaml("a: 1\nwaivers:\n  - «{ rule: a }\nname: x\n", remove)).toBe("a: 1\nname: x\n");
  });

  it("takes an entry out of a list on one line, and adds to one", () => {
    expect(yaml("paths: [/ws, «/ws/*]\n", remove)).toBe("paths: [/ws]\n");
    expect(yaml("paths: [«/ws, /ws/*]\n", remove)).toBe("paths: [/ws/*]\n");
    expect(yaml("«paths: [/ws]\n", (at) => ({ kind: "append", to: at, values: ["/ws/*"] }))).toBe(
      'paths: [/ws, "/ws/*"]\n',
    );
  });

  it("sets what is there and what is not", () => {
    const set: Make = (at) => ({ kind: "set", in: at, name: "timeout", value: "3600s" });
    expect(yaml("services:\n  a: «{ port: 1, timeout: 5s }\n", set)).toBe(
      'services:\n  a: { port: 1, timeout: "3600s" }\n',
    );
    expect(yaml("services:\n  a:\n    «port: 1 # p\n    image: x\n  b: 1\n", set)).toBe(
      'services:\n  a:\n    port: 1 # p\n    image: x\n    timeout: "3600s"\n  b: 1\n',
    );
  });
});
