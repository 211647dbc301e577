import { describe, expect, it } from "vitest";
import { hclParser } from "../../../../probes/terraform/syntax/hcl.ts";
import { parseJson } from "../../../../probes/terraform/syntax/json.ts";

const MEBIBYTE = 1024 * 1024;
const MOST = 2 * MEBIBYTE - 64;
/** Far above what is measured on a busy machine, far below what a search that goes back and forth would take. */
const MOST_MS = 10_000;

const fill = (piece: string, length = MOST / 4): string => piece.repeat(Math.floor(length / piece.length));

const DEEP: Record<string, string> = {
  "100,000 brackets": `a = ${"[".repeat(100_000)}`,
  brackets: `a = ${fill("[")}`,
  braces: `a = ${fill("{")}`,
  parentheses: `a = ${fill("(")}`,
  calls: `a = ${fill("f(")}`,
  negations: `a = ${fill("!")}b\n`,
  interpolations: `a = "${fill('${"')}`,
  "directives, closed": `a = "${"%{if a}".repeat(1000)}${"%{endif}".repeat(1000)}"\n`,
  conditions: `a = ${fill("a ? b : ")}c\n`,
  sums: `a = 1${fill("+1")}\n`,
  "operators of all levels": `a = ${fill("a||a&&a==a<a+a*(")}\n`,
  steps: `a = b${fill(".c")}\n`,
  indexes: `a = b${fill("[0]")}\n`,
  splats: `a = b${fill("[*]")}\n`,
  blocks: fill("a {\n"),
  loops: `a = ${fill("[for a in ")}`,
};

const WIDE: Record<string, string> = {
  "one line of text": `a = "${fill("x", MOST)}"\n`,
  "a text of escapes": `a = "${fill("\\n")}"\n`,
  "a text of dollars": `a = "${fill("$")}"\n`,
  "a heredoc of short lines": `a = <<-E\n${fill("  x\n")}E\n`,
  "a heredoc line of spaces": `a = <<-E\nx${fill(" ")}y\nE\n`,
  "spaces to trim": `a = "x${fill(" ", MOST / 2)}y${fill(" ", MOST / 2)}z${"${~ b ~}"}"\n`,
  "one number": `a = ${fill("1")}\n`,
  "one list": `a = [${fill("1,")}]\n`,
  comments: fill("# x\n"),
  newlines: fill("\n"),
  "newlines in parentheses": `a = (${fill("\n")}1)\n`,
  labels: `a ${fill('"b" ')}{}\n`,
};

function timed(read: () => unknown): { readonly message: string; readonly ms: number } {
  const start = performance.now();
  try {
    read();
    return { message: "read", ms: performance.now() - start };
  } catch (error) {
    // A RangeError of the stack is no ConfigurationError.
    expect((error as Error).name, String(error)).toBe("ConfigurationError");
    return { message: (error as Error).message, ms: performance.now() - start };
  }
}

describe("hostile HCL", { timeout: 60_000 }, () => {
  it.each(Object.entries(DEEP))("too deep: %s", (_, text) => {
    const { message, ms } = timed(() => hclParser.parse(text, "a.tf"));
    expect(message).toContain("is nested more than 500 deep here");
    expect(ms).toBeLessThan(MOST_MS);
  });

  it.each(Object.entries(WIDE))("large and right: %s", (_, text) => {
    const { message, ms } = timed(() => hclParser.parse(text, "a.tf"));
    expect(message).toBe("read");
    expect(ms).toBeLessThan(MOST_MS);
  });

  it.each([
    ["unclosed comments", fill("/* ")],
    ["heredocs in heredocs' place", fill("a = <<E\n")],
    ["dots after a number", `a = 1${fill(".")}\n`],
    ["exponents", `a = 1${fill("e1")}\n`],
    ["quotes", fill('"')],
    ["NUL bytes", fill("\0")],
    ["directives never closed", `a = "${fill("%{if a}")}`],
  ])("wrong and large: %s", (_, text) => {
    const { message, ms } = timed(() => hclParser.parse(text, "a.tf"));
    expect(message).toMatch(/^a\.tf:\d+:\d+ {2}/);
    expect(ms).toBeLessThan(MOST_MS);
  });

  it.each([
    ["lists", "[", "]"],
    ["parentheses", "(", ")"],
    ["objects", "{a=", "}"],
    ["calls", "f(", ")"],
    ["templates", '"${', '}"'],
    ["heredocs", "<<E\n${", "}\nE\n"],
    ["indexes", "a[", "]"],
    ["loops", "{for a in b: a => ", "}"],
    ["conditions", "a ? b : ", ""],
    ["negations", "!", ""],
  ])("reads 499 %s in each other, and no 500", (_, open, close) => {
    const nested = (depth: number): string => `a = ${open.repeat(depth)}b${close.repeat(depth)}\n`;
    expect(timed(() => hclParser.parse(nested(499), "a.tf")).message).toBe("read");
    expect(timed(() => hclParser.parse(nested(500), "a.tf")).message).toContain("is nested more than 500 deep here");
  });

  it("refuses 10 MB without looking at them", () => {
    const { message, ms } = timed(() => hclParser.parse("a=1\n".repeat((10 * MEBIBYTE) / 4), "a.tf"));
    expect(message).toContain("is 10485760 characters long; at most 2097152 are read");
    expect(ms).toBeLessThan(MOST_MS / 2);
  });
});

describe("hostile JSON", { timeout: 60_000 }, () => {
  it.each([
    ["lists", fill("[")],
    ["objects", fill('{"a":')],
    ["lists after a text with brackets and quotes", `{"x":"\\"[[[","y":${fill("[")}`],
  ])("too deep: %s", (_, text) => {
    const { message, ms } = timed(() => parseJson(text, "a.tf.json"));
    expect(message).toContain("is nested more than 500 deep here");
    expect(ms).toBeLessThan(MOST_MS);
  });

  it.each([
    ["a text of 20 MB", `{"locals":{"a":"${"x".repeat(20 * MEBIBYTE)}"}}`],
    ["100,000 references", `{"locals":{${Array.from({ length: 100_000 }, (_, i) => `"a${i}":"\${b.c}"`).join(",")}}}`],
    ["escapes around references", `{"locals":{"a":"${fill("\\n${a}", MEBIBYTE / 8)}"}}`],
  ])("large and right: %s", (_, text) => {
    const { message, ms } = timed(() => parseJson(text, "a.tf.json"));
    expect(message).toBe("read");
    expect(ms).toBeLessThan(MOST_MS);
  });

  it.each([
    ["an open text", `{"a":"${fill("x")}`],
    ["backslashes", `{"a":"${fill("\\")}`],
    ["keys that never end", `{${fill('"a":1,')}`],
  ])("wrong and large: %s", (_, text) => {
    const { message, ms } = timed(() => parseJson(text, "a.tf.json"));
    expect(message).toContain("is not valid JSON");
    expect(ms).toBeLessThan(MOST_MS);
  });
});
