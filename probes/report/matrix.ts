import type { Result } from "../facts/result.ts";
import { matrixRoutes } from "./matrix-rows.ts";
import type { Mark, MatrixRoute, MatrixRow } from "./matrix-rows.ts";
import type { Paint } from "./paint.ts";

const NAME = 38;
const ARRIVES = 12;
const COLUMN = 12;

/** Header matrix: route × header × protocol, one line a header, 80 columns. */
export function matrix(result: Pick<Result, "cells">, paint: Paint): string[] {
  const heading = `${"ROUTE / HEADER".padEnd(NAME)}${"ARRIVES".padEnd(ARRIVES)}${"HTTP".padEnd(COLUMN)}UPGRADE`;
  return [paint("faint", heading), ...matrixRoutes(result.cells).flatMap((route) => routeLines(route, paint))];
}

function routeLines({ title, service, rows }: MatrixRoute, paint: Paint): string[] {
  return ["", paint("strong", title) + paint("faint", `  → ${service}`), ...rows.map((row) => rowLine(row, paint))];
}

function rowLine({ name, arrives, marks }: MatrixRow, paint: Paint): string {
  const say = ({ style, text }: Mark): string => paint(style, text.padEnd(COLUMN));
  return `  ${cut(name, NAME - 3).padEnd(NAME - 2)}${arrives.padEnd(ARRIVES)}${say(marks.http)}${say(marks.websocket)}`.trimEnd();
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
