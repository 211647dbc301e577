import type { Protocol } from "../../contract/contract.ts";
import type { Matrix } from "../facts/deployed.ts";
import { matrixRoutes } from "./matrix-rows.ts";
import type { MatrixRow } from "./matrix-rows.ts";
import type { Paint } from "./paint.ts";

const NAME = 36;
const COLUMN = 22;

/**
 * Header matrix of one edge on both sides of a change, one line a header or check, 80 columns. A place with one word was the
 * same before. `before` is null where there was no edge.
 */
export function matrixBetween(before: Matrix | null, after: Matrix, paint: Paint): string[] {
  const earlier = new Map(matrixRoutes(before ?? []).map((route) => [route.title, route]));
  return [
    paint("faint", `${"ROUTE / HEADER".padEnd(NAME)}${"HTTP".padEnd(COLUMN)}UPGRADE`),
    ...matrixRoutes(after).flatMap(({ title, service, rows }) => [
      paint("strong", title) + paint("faint", `  → ${service}`),
      ...rows.map((row) => {
        const was = before === null ? row : earlier.get(title)?.rows.find(({ name }) => name === row.name);
        return line(row, was, paint);
      }),
    ]),
  ];
}

function line(row: MatrixRow, was: MatrixRow | undefined, paint: Paint): string {
  const name = row.name.length > NAME - 4 ? `${row.name.slice(0, NAME - 5)}…` : row.name;
  const say = (protocol: Protocol): string => {
    const { style, text } = row.marks[protocol];
    const earlier = was?.marks[protocol].text ?? "-";
    const words = earlier === text ? text : `${earlier} → ${text}`;
    return paint(style, words.padEnd(COLUMN));
  };
  return `  ${name.padEnd(NAME - 2)}${say("http")}${say("websocket")}`.trimEnd();
}
