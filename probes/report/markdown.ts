import type { Finding } from "../facts/finding.ts";
import type { Verdict } from "../facts/result.ts";
import type { Style } from "./paint.ts";
import { matrixRoutes } from "./matrix-rows.ts";
import type { Mark, MatrixRoute } from "./matrix-rows.ts";
import { harmlessDeep } from "./paint.ts";
import { acceptance, failedGroups, fileFrom, fingerprintsText, whatFailed, whereSeen } from "./reported.ts";
import type { ReportOptions, Reported } from "./reported.ts";

/** Rows of a table; a comment on a pull request has room for 65,536 characters. */
const MAX_ROWS = 100;

const WORDS: Readonly<Record<Verdict, string>> = {
  pass: "pass",
  "contract-broken": "**FAIL**",
  usage: "**usage**",
  inconclusive: "**could not look**",
  internal: "**internal error**",
};

/** Header matrix, failures and findings for a pull request or a step summary: Markdown without any HTML. */
export function renderMarkdown(raw: Reported, { cwd }: ReportOptions): string {
  const reported = harmlessDeep(raw);
  const { run, verdict, exitCode, reasons, notLookedAt } = reported;
  return [
    `## headgate ${plain(run.verb)}: ${WORDS[verdict]}`,
    "",
    `${plain(run.configuration.at)}, ${plain(run.env.join(", "))}; exit ${exitCode}`,
    ...list(reasons),
    ...failures(reported, cwd),
    ...findings(reported.findings, cwd),
    ...matrixRoutes(reported.cells).flatMap(route),
    ...list(notLookedAt.map((text) => `not looked at: ${text}`)),
    "",
  ].join("\n");
}

function list(texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : ["", ...texts.map((text) => `- ${plain(text)}`)];
}

function failures({ cells, rules }: Reported, cwd: string): string[] {
  const rows = failedGroups(cells).map((group) => {
    const [cell] = group;
    const [cause] = cell.by;
    const at = cause?.construct ?? cause ?? cell.declaredAt;
    const wire =
      cell.header === null ? "" : ` (sent ${fingerprintsText(cell.sent)}, arrived ${fingerprintsText(cell.arrived)})`;
    const fix = rules.find(({ id }) => id === cell.rule)?.fix ?? "";
    return [
      cell.rule,
      `${whatFailed(cell)}${wire}; ${whereSeen(group).join("; ")}`,
      `${cause === undefined ? "" : `${cause.address} ${cause.effect} `}${fileFrom(at.file, cwd)}:${at.line}`,
      acceptance(cell) ?? fix,
    ];
  });
  return table("Failures", ["rule", "what", "by", "fix"], rows);
}

function findings(all: readonly Finding[], cwd: string): string[] {
  const rows = all.map((finding) => {
    const { id, severity, title, where, fix } = finding;
    const at = where.construct ?? where;
    return [severity, id, title, `${fileFrom(at.file, cwd)}:${at.line}`, acceptance(finding) ?? fix];
  });
  return table("Findings", ["severity", "rule", "what", "where", "fix"], rows);
}

const SIGNS: Readonly<Record<Style, (text: string) => string>> = {
  good: (text) => text,
  bad: (text) => `**${text}**`,
  open: (text) => `*${text}*`,
  faint: (text) => text,
  strong: (text) => text,
};

function route({ title, service, rows }: MatrixRoute): string[] {
  const shown = ({ style, text }: Mark): string => SIGNS[style](plain(text));
  return [
    "",
    `### ${plain(title)} → ${plain(service)}`,
    "",
    "| header | arrives | HTTP | upgrade |",
    "| --- | --- | --- | --- |",
    ...rows.map(
      ({ name, arrives, marks }) =>
        `| ${plain(name)} | ${plain(arrives)} | ${shown(marks.http)} | ${shown(marks.websocket)} |`,
    ),
  ];
}

function table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - MAX_ROWS;
  return [
    "",
    `### ${title}`,
    "",
    `| ${heads.join(" | ")} |`,
    `| ${heads.map(() => "---").join(" | ")} |`,
    ...rows.slice(0, MAX_ROWS).map((cells) => `| ${cells.map(plain).join(" | ")} |`),
    ...(more > 0 ? ["", `…and ${more} more; the other formats hold them all.`] : []),
  ];
}

/**
 * Words from outside as text alone: no HTML, no link, no image, no mention, no cell of a table. A link that is bare, as
 * `www.example.com`, would still become one; what stands behind its dots is no longer a name.
 */
function plain(text: string): string {
  return text
    .replace(/[\\`*_[\]#|~]/g, (mark) => `\\${mark}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;")
    .replace(/(https?|ftp):\/\//gi, "$1:&#47;&#47;")
    .replace(/\bwww\./gi, "www&#46;");
}
