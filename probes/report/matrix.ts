import type { Protocol } from "../../contract/contract.ts";
import type { Cell, Result } from "../facts/result.ts";
import type { Paint, Style } from "./paint.ts";

const NAME = 38;
const ARRIVES = 12;
const COLUMN = 12;

/** Header matrix: route × header × protocol, one line a header, 80 columns. */
export function matrix(result: Result, paint: Paint): string[] {
  const heading = `${"ROUTE / HEADER".padEnd(NAME)}${"ARRIVES".padEnd(ARRIVES)}${"HTTP".padEnd(COLUMN)}UPGRADE`;
  return [paint("faint", heading), ...groups(result.cells).flatMap((group) => routeLines(group, paint))];
}

interface Group {
  readonly title: string;
  readonly service: string;
  readonly cells: readonly Cell[];
}

function groups(cells: readonly Cell[]): Group[] {
  const byRoute = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.env}\u0000${cell.route}`;
    byRoute.set(key, [...(byRoute.get(key) ?? []), cell]);
  }
  return [...byRoute.values()].map((own) => ({
    title: routeTitle(own[0]!),
    service: own[0]!.expectedService,
    cells: own,
  }));
}

/** Host as it is in this environment, the declared path forms, and the edge, where the environment has several. */
export function routeTitle({ env, host, route }: Pick<Cell, "env" | "host" | "route">): string {
  const edge = / (\([^)]+\))$/.exec(env)?.[1];
  return [host, ...route.split(" ").slice(1), ...(edge === undefined ? [] : [edge])].join(" ");
}

function routeLines({ title, service, cells }: Group, paint: Paint): string[] {
  const rows = new Map<string, Cell[]>();
  for (const cell of cells) {
    // A rule on the whole request may name a header; a declared one says how it must arrive.
    const name = cell.arrives === null ? (RULE_ROWS[cell.rule] ?? cell.rule) : (cell.header ?? cell.rule);
    rows.set(name, [...(rows.get(name) ?? []), cell]);
  }
  const requestRows = [...rows].filter(([, own]) => own[0]!.arrives === null);
  const headerRows = [...rows]
    .filter(([, own]) => own[0]!.arrives !== null)
    .sort(([, a], [, b]) => a[0]!.declaredAt.line - b[0]!.declaredAt.line);
  return [
    "",
    paint("strong", title) + paint("faint", `  → ${service}`),
    ...[...requestRows, ...headerRows].map(([name, own]) => rowLine(name, own, paint)),
  ];
}

const RULE_ROWS: Readonly<Record<string, string>> = {
  "certificate-covers-host": "(certificate names the host)",
  "reaches-declared-service": "(reaches the service)",
  "header-size-headroom": "(credential of twice the size)",
  "host-intact": "(host as asked for)",
  "origin-intact": "(origin as the browser sent it)",
  "hop-by-hop-not-forwarded": "(hop-by-hop headers end here)",
  "identity-not-forgeable": "(identity cannot be forged)",
  "subprotocol-list-whole": "(every subprotocol arrives)",
  "subprotocol-answered": "(subprotocol answered)",
  "token-never-echoed": "(token never echoed)",
};

function rowLine(name: string, cells: readonly Cell[], paint: Paint): string {
  const of = (protocol: Protocol): string =>
    mark(
      cells.filter((cell) => cell.protocol === protocol),
      paint,
    );
  return `  ${cut(name, NAME - 3).padEnd(NAME - 2)}${(cells[0]!.arrives ?? "").padEnd(ARRIVES)}${of("http")}${of("websocket")}`.trimEnd();
}

/** The worst state of the cells, and how many there are in it. */
function mark(cells: readonly Cell[], paint: Paint): string {
  const applicable = cells.filter(({ state }) => state !== "not-applicable");
  const failed = applicable.filter(({ state }) => state === "fail");
  const unseen = applicable.filter(({ state }) => state === "inconclusive");
  const say = (style: Style, text: string): string => paint(style, text.padEnd(COLUMN));
  if (applicable.length === 0) return say("faint", "-");
  if (failed.length > 0) return say("bad", `FAIL ${failed.length}/${applicable.length}`);
  if (unseen.some(({ consequenceOf }) => consequenceOf === undefined))
    return say("open", `open ${unseen.length}/${applicable.length}`);
  if (unseen.length > 0) return say("faint", `unseen ${unseen.length}/${applicable.length}`);
  return say("good", `pass ${applicable.length}`);
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
