import { defineStaticRule, found } from "../define-rule.ts";
import type { Value } from "../../../terraform/graph.ts";
import type { SchemaEntry, TypeLetters } from "../provider-schema.ts";
import { schemaArguments } from "../schema-walk.ts";

export const wrongArgumentType = defineStaticRule({
  id: "wrong-argument-type",
  title: "an argument has a value that the provider cannot take for one of its type",
  severity: "error",
  found: "validate",
  because: "Terraform refuses the whole configuration; nothing of it is applied.",
  fix: "Write a value of the type that is asked for.",
  sources: ["T1"],
  check: ({ graph }) =>
    schemaArguments(graph).flatMap(({ name, argument, entry, resource }) => {
      if (entry === undefined) return [];
      const wrong = entry.kind === "block" ? wrongBlock(argument, entry) : wrongValue(argument, entry.type);
      if (wrong === undefined) return [];
      return [found(wrong.at.by, `${name} of ${resource.address} ${wrong.says}`)];
    }),
});

interface Wrong {
  readonly at: Value;
  readonly says: string;
}

function wrongBlock(value: Value, { most }: Extract<SchemaEntry, { kind: "block" }>): Wrong | undefined {
  const items = value.kind === "list" ? value.items : [value];
  const text = items.find(({ kind }) => kind === "literal");
  if (text !== undefined) return { at: text, says: `is a block, and not ${shown(text)}` };
  const extra = most === 0 ? undefined : items[most];
  return extra === undefined ? undefined : { at: extra, says: `stands ${items.length} times; ${most} is the most` };
}

const WORDS: Readonly<Record<string, string>> = { s: "a text", n: "a number", b: "true or false" };

/** What cannot be converted; what is not known may be anything. */
function wrongValue(value: Value, type: TypeLetters): Wrong | undefined {
  const [outer = "", inner = ""] = type;
  if (value.kind !== "literal" && value.kind !== "list" && value.kind !== "object") return undefined;
  if (outer === "L" || outer === "S") {
    if (value.kind !== "list") return { at: value, says: `is a list, and not ${shown(value)}` };
    return value.items.map((item) => wrongValue(item, inner)).find((wrong) => wrong !== undefined);
  }
  if (outer === "M") {
    if (value.kind !== "object") return { at: value, says: `is a map, and not ${shown(value)}` };
    return [...value.entries.values()].map((entry) => wrongValue(entry, inner)).find((wrong) => wrong !== undefined);
  }
  const word = WORDS[outer];
  if (word === undefined || isOf(value, outer)) return undefined;
  return { at: value, says: `is ${word}, and not ${shown(value)}` };
}

/** Whether Terraform converts a value: every number has a text, the text of one is one, and `"1"` is true, where 1 is not. */
function isOf(value: Value, letter: string): boolean {
  if (value.kind !== "literal") return false;
  if (value.value === null || letter === "s") return true;
  if (letter === "b")
    return typeof value.value === "boolean" || ["true", "false", "1", "0"].some((one) => one === value.value);
  if (typeof value.value !== "string") return typeof value.value === "number";
  return value.value.trim() !== "" && Number.isFinite(Number(value.value));
}

function shown(value: Value): string {
  if (value.kind === "literal") return JSON.stringify(value.value);
  return value.kind === "list" ? "a list" : "a map";
}
