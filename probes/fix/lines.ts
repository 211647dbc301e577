/** Offset at which the line begins that holds an offset. */
export function lineStartAt(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Offset behind the line that holds an offset, its line feed included. */
export function lineEndAt(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  return feed === -1 ? text.length : feed + 1;
}

export function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** The blanks that the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStartAt(text, offset), offset))![0];
}

/** The line ends of a text: those of its first line. */
export function breakOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}
