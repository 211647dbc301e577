/** White space as Terraform trims it: Unicode's, with U+0085 and without U+FEFF. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** How many characters of white space a text begins with. */
export function spaceBefore(text: string): number {
  let length = 0;
  while (length < text.length && SPACE.test(text[length]!)) length += 1;
  return length;
}

// A pattern that ends in `$` would look again from every space of a long run.
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}

export function trimStart(text: string): string {
  return text.slice(spaceBefore(text));
}
