import type { Finding, Severity } from "../facts/finding.ts";
import type { SurveyRow } from "../facts/survey.ts";
import type { Fingerprint, Cell, Result } from "../facts/result.ts";
import { groupAlike } from "./alike.ts";
import { routeTitle } from "./matrix-rows.ts";

/** What reports for machines and for pull requests tell of a run; every result has it. */
export type Reported = Pick<
  Result,
  "verdict" | "exitCode" | "reasons" | "cells" | "rules" | "findings" | "undecided" | "controls" | "notLookedAt"
> & {
  readonly run: Pick<Result["run"], "verb" | "tool" | "env" | "startedAt" | "durationMs"> & {
    readonly configuration: Pick<Result["run"]["configuration"], "kind" | "at">;
  };
  /** Without a contract: what arrives where, stack by stack. */
  readonly survey?: readonly { readonly env: string; readonly rows: readonly SurveyRow[] }[];
};

export interface ReportOptions {
  /** Folder from which files are named: what is inside is named relative to it. */
  readonly cwd: string;
  /** Address of a public page on a fact that a rule rests on; undefined: there is none. */
  readonly pageOf?: (fact: string) => string | undefined;
}

/** Failed checks, each fault once, and those that are waived apart from the others. */
export function failedGroups(cells: readonly Cell[]): [Cell, ...Cell[]][] {
  return groupAlike(cells.filter(({ state }) => state === "fail")) as [Cell, ...Cell[]][];
}

/** `Authorization: the header was stripped`. */
export function whatFailed({ header, reason = "failed" }: Cell): string {
  return header === null ? reason : `${header}: ${reason}`;
}

/** Where alike failures were seen: `api.example.com /ws: upgrade native /ws, HTTP native /ws`. */
export function whereSeen(cells: readonly Cell[]): string[] {
  const routes = new Map<string, Set<string>>();
  for (const cell of cells) {
    const seen = routes.get(routeTitle(cell)) ?? new Set<string>();
    const kind = cell.protocol === "websocket" ? "upgrade" : "HTTP";
    routes.set(routeTitle(cell), seen.add(`${kind} ${cell.client} ${cell.path.replace("${nonce}", "<nonce>")}`));
  }
  return [...routes].map(([title, seen]) => `${title}: ${[...seen].join(", ")}`);
}

export function fingerprintsText(values: readonly Fingerprint[]): string {
  return values.length === 0 ? "(absent)" : values.map(({ hash, bytes }) => `#${hash} (${bytes} bytes)`).join(", ");
}

/** A finding, or a check; of what a check goes with, its group tells. */
type Excused = Pick<Finding, "waived" | "known"> & { readonly consequenceOf?: Finding["consequenceOf"] | string };

/** Why a finding or a failed check fails nothing; undefined: nobody accepts it. */
export function acceptance({ waived, known, consequenceOf: cause }: Excused): string | undefined {
  if (waived !== undefined) return `waived by ${waived.owner} until ${waived.expires}: ${waived.reason}`;
  if (known === true) return "stands in the baseline";
  return typeof cause === "object" ? `goes with ${cause.id} at ${cause.where.file}:${cause.where.line}` : undefined;
}

/** Name of a file, relative to the folder that it is inside of, with slashes. */
export function fileFrom(file: string, cwd: string): string {
  const [path, folder] = [file, cwd].map((each) => each.replaceAll("\\", "/")) as [string, string];
  const inside = path.startsWith(`${folder.replace(/\/$/, "")}/`);
  return (inside ? path.slice(folder.replace(/\/$/, "").length + 1) : path).replace(/^(?:\.\/)+/, "");
}

/** How many findings of a severity count: those that nobody accepts. */
export function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((each) => each.severity === severity && acceptance(each) === undefined).length;
}
