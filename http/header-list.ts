/**
 * Header lines as they stand on the wire: order, duplicates and case kept.
 * Names compare without regard to case (RFC 9110 §5.1).
 */
export type HeaderLine = readonly [name: string, value: string];
export type HeaderList = readonly HeaderLine[];

/** True when the two field names are the same field (RFC 9110 §5.1). */
export function sameName(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase();
}

/** Names and values by turns, as Node and undici give raw headers, as lines. */
export function linesOf(namesAndValues: readonly string[]): HeaderLine[] {
  return Array.from({ length: namesAndValues.length / 2 }, (_, index) => [
    namesAndValues[index * 2]!,
    namesAndValues[index * 2 + 1]!,
  ]);
}

/** Every value under `name`, one per line, in wire order; empty when the field is absent. */
export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([own]) => sameName(own, name)).map(([, value]) => value);
}

/** The first value under `name`, or undefined when the field is absent. */
export function firstValue(headers: HeaderList, name: string): string | undefined {
  return headers.find(([own]) => sameName(own, name))?.[1];
}

/** True when at least one line carries `name`. */
export function hasHeader(headers: HeaderList, name: string): boolean {
  return headers.some(([own]) => sameName(own, name));
}

/** The list without any line named `name`. */
export function withoutHeader<Line extends { readonly 0: string }>(headers: readonly Line[], name: string): Line[] {
  return headers.filter((line) => !sameName(line[0], name));
}

/**
 * Members of a comma-separated list field, across all its lines, blanks trimmed, empty members
 * dropped (RFC 9110 §5.6.1). Not for `Cookie` or `Set-Cookie`, whose values may hold commas.
 */
export function listMembers(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(","))
    .map(trimBlanks)
    .filter((member) => member !== "");
}

/** Drops spaces and tabs at both ends: optional whitespace is no part of a value (RFC 9110 §5.5). */
export function trimBlanks(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, "");
}
