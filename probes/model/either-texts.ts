import type { Unknown } from "../facts/provenance.ts";
import { asStrings } from "../terraform/graph.ts";
import type { Known, Value } from "../terraform/graph.ts";

/** What a list holds whichever way a condition falls, and what it holds only one way. */
export interface EitherTexts {
  readonly sure: readonly Known<string>[];
  readonly open: readonly Known<string>[];
  /** Why it is not known. */
  readonly because: Unknown;
}

/**
 * The texts of a list between whose values a condition chooses that is not known; null is a list of nothing. Undefined
 * where the list is another one, or where a value cannot be read.
 * @param keyOf what two texts have in common that mean the same
 */
export function eitherTexts(list: Value, keyOf: (text: string) => string): EitherTexts | undefined {
  if (list.kind !== "unknown" || list.candidates === undefined) return undefined;
  const { candidates, ...because } = list;
  const read = candidates.map(textsIn);
  const lists = read.filter((texts) => texts !== undefined);
  if (lists.length < read.length) return undefined;
  const all = [...new Map(lists.flat().map((text) => [keyOf(text.value), text])).values()];
  const isSure = ({ value }: Known<string>): boolean =>
    lists.every((texts) => texts.some((text) => keyOf(text.value) === keyOf(value)));
  return { sure: all.filter(isSure), open: all.filter((text) => !isSure(text)), because };
}

function textsIn(value: Value): readonly Known<string>[] | undefined {
  if (value.kind === "literal" && value.value === null) return [];
  const texts = asStrings(value);
  return texts.kind === "known" ? texts.value : undefined;
}
