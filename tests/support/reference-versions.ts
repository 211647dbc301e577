import { readFileSync } from "node:fs";

/** A text with one edit that changes something. */
export function edited(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`the edit changed nothing: ${String(from)}`);
  return result;
}

export const REFERENCE = readFileSync("headgate.yaml", "utf8");

const VALUE = "^public-edge$";

/** Another image of the backend, and another value that the edge writes. */
export const CANDIDATE = edited(
  edited(edited(REFERENCE, /(backend@sha256:)[0-9a-f]/, "$1f"), "value: public-edge,", "value: public-edge-2,"),
  VALUE,
  "^public-edge-2$",
);

/** What both versions promise. */
export const PROMISES = edited(REFERENCE, VALUE, "^public-edge(-2)?$");
