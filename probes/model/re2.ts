/** Longest pattern that is tried, in characters; nested repetition may take time without end and is not tried at all. */
const MAX_PATTERN = 512;

/** What the edge's own expressions (RE2) and those of the language say alike; undefined for the rest. */
export function alikeRegExp(text: string): RegExp | undefined {
  if (text.length > MAX_PATTERN || /\([^)]*[+*{][^)]*\)[+*{]/.test(text) || /\\[pPCzAQE]|\(\?[^:]/.test(text))
    return undefined;
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return undefined;
  }
}
