import type { Finding, Severity } from "../facts/finding.ts";
import type { Cell } from "../facts/result.ts";
import { harmlessDeep } from "./paint.ts";
import { acceptance, failedGroups, fileFrom, whatFailed, whereSeen } from "./reported.ts";
import type { ReportOptions, Reported } from "./reported.ts";

type Command = "error" | "warning" | "notice";

const COMMAND: Readonly<Record<Severity, Command>> = { error: "error", warning: "warning", note: "notice" };

interface Annotation {
  readonly command: Command;
  readonly title: string;
  readonly lines: readonly string[];
  readonly at?: { readonly file: string; readonly line: number; readonly column?: number };
}

/** Workflow commands of GitHub Actions, a line each: an annotation for each failure, finding and reason. */
export function renderGithub(raw: Reported, { cwd }: ReportOptions): string {
  const reported = harmlessDeep(raw);
  const { verdict, exitCode, reasons, run } = reported;
  const verdictOf: Annotation = {
    command: verdict === "pass" ? "notice" : "error",
    title: `headgate ${run.verb}`,
    lines: [`${verdict}, exit ${exitCode}`, ...reasons],
  };
  return [...failedGroups(reported.cells).map(failed), ...reported.findings.map(found), verdictOf]
    .map((annotation) => written(annotation, cwd))
    .join("");
}

function failed(cells: readonly [Cell, ...Cell[]]): Annotation {
  const [cell] = cells;
  const [cause] = cell.by;
  const accepted = acceptance(cell);
  return {
    command: accepted === undefined ? "error" : "notice",
    title: cell.rule,
    lines: [
      whatFailed(cell),
      ...(accepted === undefined ? [] : [accepted]),
      ...(cause === undefined ? [] : [`${cause.address} ${cause.attribute}: ${cause.effect}`]),
      ...whereSeen(cells),
    ],
    at: cause?.construct ?? cause ?? cell.declaredAt,
  };
}

function found(finding: Finding): Annotation {
  const { id, severity, title, where, fix, blocks } = finding;
  const accepted = acceptance(finding);
  const command = accepted !== undefined ? "notice" : blocks === true ? "error" : COMMAND[severity];
  return {
    command,
    title: id,
    lines: [title, ...(accepted === undefined ? [] : [accepted]), `Fix: ${fix}`],
    at: where.construct ?? where,
  };
}

function written({ command, title, lines, at }: Annotation, cwd: string): string {
  const place =
    at === undefined
      ? []
      : [
          `file=${property(fileFrom(at.file, cwd))}`,
          `line=${at.line}`,
          ...(at.column === undefined ? [] : [`col=${at.column}`]),
        ];
  return `::${command} ${[...place, `title=${property(title)}`].join(",")}::${data(lines.join("\n"))}\n`;
}

/** The runner reads a command up to the end of its line, and takes these back. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
