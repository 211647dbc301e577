import type { Protocol } from "../../contract/contract.ts";
import type { MatrixCell } from "../facts/deployed.ts";
import type { Style } from "./paint.ts";

/** A route in the header matrix: one row for each header, and for each rule on its requests. */
export interface MatrixRoute {
  readonly title: string;
  readonly service: string;
  readonly rows: readonly MatrixRow[];
}

export interface MatrixRow {
  readonly name: string;
  readonly arrives: string;
  readonly marks: Readonly<Record<Protocol, Mark>>;
}

export interface Mark {
  readonly style: Style;
  readonly text: string;
}

/** The routes of a run, in order of first appearance. */
export function matrixRoutes(cells: readonly MatrixCell[]): MatrixRoute[] {
  const byRoute = new Map<string, MatrixCell[]>();
  for (const cell of cells) {
    const key = `${cell.env}\u0000${cell.route}`;
    byRoute.set(key, [...(byRoute.get(key) ?? []), cell]);
  }
  return [...byRoute.values()].map((own) => ({
    title: routeTitle(own[0]!),
    service: own[0]!.expectedService,
    rows: rowsOf(own),
  }));
}

/** Host as it is in this environment, the declared path forms, and the edge, where the environment has several. */
export function routeTitle({ env, host, route }: Pick<MatrixCell, "env" | "host" | "route">): string {
  const edge = / (\([^)]+\))$/.exec(env)?.[1];
  return [host, ...route.split(" ").slice(1), ...(edge === undefined ? [] : [edge])].join(" ");
}

function rowsOf(cells: readonly MatrixCell[]): MatrixRow[] {
  const rows = new Map<string, MatrixCell[]>();
  for (const cell of cells) {
    // A rule on the whole request may name a header; a declared one says how it must arrive.
    const name = cell.arrives === null ? (RULE_ROWS[cell.rule] ?? cell.rule) : (cell.header ?? cell.rule);
    rows.set(name, [...(rows.get(name) ?? []), cell]);
  }
  const requestRows = [...rows].filter(([, own]) => own[0]!.arrives === null);
  const headerRows = [...rows]
    .filter(([, own]) => own[0]!.arrives !== null)
    .sort(([, a], [, b]) => a[0]!.declaredAt.line - b[0]!.declaredAt.line);
  return [...requestRows, ...headerRows].map(([name, own]) => ({
    name,
    arrives: own[0]!.arrives ?? "",
    marks: { http: markOf(own, "http"), websocket: markOf(own, "websocket") },
  }));
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

/** The worst state of the cells, and how many there are in it. */
function markOf(cells: readonly MatrixCell[], protocol: Protocol): Mark {
  const applicable = cells.filter((cell) => cell.protocol === protocol && cell.state !== "not-applicable");
  const all = applicable.length;
  const waived = applicable.filter((cell) => cell.waived !== undefined).length;
  const failed = applicable.filter(({ state }) => state === "fail").length - waived;
  const unseen = applicable.filter(({ state }) => state === "inconclusive");
  if (all === 0) return { style: "faint", text: "-" };
  if (failed > 0) return { style: "bad", text: `FAIL ${failed}/${all}` };
  if (unseen.some(({ consequenceOf }) => consequenceOf === undefined))
    return { style: "open", text: `open ${unseen.length}/${all}` };
  if (waived > 0) return { style: "open", text: `waived ${waived}/${all}` };
  if (unseen.length > 0) return { style: "faint", text: `unseen ${unseen.length}/${all}` };
  return { style: "good", text: `pass ${all}` };
}
