import type { Unknown } from "../facts/provenance.ts";
import { PLACEHOLDER, asString } from "../terraform/graph.ts";
import type { Known, Value } from "../terraform/graph.ts";

/** A text of which a part cannot be known: what it is certain to begin and to end with. */
export interface PartialText {
  readonly kind: "partial";
  readonly starts: string;
  readonly ends: string;
  readonly because: Unknown;
}

/** A text, or as much of it as can be read: all of `/api/${var.version}/` begins with `/api/`. */
export function readText(value: Value): Known<string> | PartialText {
  const text = asString(value);
  if (text.kind === "known") return text;
  const parts = value.kind === "template" ? value.text.split(PLACEHOLDER) : [];
  return { kind: "partial", starts: parts[0] ?? "", ends: parts.at(-1) ?? "", because: text };
}

/** Whether the text may be this one. */
export function mayBe({ starts, ends }: PartialText, text: string): boolean {
  return text.length >= starts.length + ends.length && text.startsWith(starts) && text.endsWith(ends);
}

/** Whether another text may be it, begin with it, or end with it. */
export function mayHold(partial: PartialText, of: "exact" | "prefix" | "suffix", text: string): boolean {
  if (of === "exact") return mayBe(partial, text);
  return of === "prefix" ? text.startsWith(partial.starts) : text.endsWith(partial.ends);
}

/** The text in lower case, for what compares without case. */
export function folded(text: PartialText): PartialText {
  return { ...text, starts: text.starts.toLowerCase(), ends: text.ends.toLowerCase() };
}
