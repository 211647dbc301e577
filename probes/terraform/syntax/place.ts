import type { Place } from "./syntax.ts";

/** Where an offset of a text stands. */
export type PlaceOf = (offset: number) => Place;

/** Offset (UTF-16, from 0) → file, line and column, both from 1. Only a line feed ends a line, as in HCL and in JSON. */
export function placesOf(text: string, file: string): PlaceOf {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - starts[low]! + 1 };
  };
}
