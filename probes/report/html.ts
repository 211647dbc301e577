import type { Finding, Severity } from "../facts/finding.ts";
import type { Cell, Verdict } from "../facts/result.ts";
import { HTML_STYLE } from "./html-style.ts";
import { surveySection } from "./html-survey.ts";
import { matrixRoutes } from "./matrix-rows.ts";
import type { Mark, MatrixRoute } from "./matrix-rows.ts";
import { harmlessDeep } from "./paint.ts";
import type { Style } from "./paint.ts";
import { acceptance, countOf, failedGroups, fileFrom, fingerprintsText, whatFailed, whereSeen } from "./reported.ts";
import type { ReportOptions, Reported } from "./reported.ts";
import { verdictWord } from "./verdict-line.ts";
import { xmlText as text } from "./xml.ts";

const TONE: Readonly<Record<Style, string>> = { good: "good", bad: "bad", open: "open", faint: "none", strong: "none" };
const SEVERITY: Readonly<Record<Severity, string>> = { error: "bad", warning: "open", note: "none" };
const VERDICT: Readonly<Record<Verdict, string>> = {
  pass: "good",
  "contract-broken": "bad",
  usage: "bad",
  inconclusive: "open",
  internal: "bad",
};

/**
 * One page with the header matrix, failures and findings. It loads nothing and runs nothing, and says so to the browser:
 * words from outside can be nothing but text.
 */
export function renderHtml(raw: Reported, { cwd }: ReportOptions): string {
  const reported = harmlessDeep(raw);
  const { run, verdict, exitCode, reasons, undecided = [], notLookedAt, survey = [] } = reported;
  const word = verdictWord(verdict, reported);
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>headgate ${text(run.verb)}: ${word}</title>`,
    `<style>${HTML_STYLE}</style>`,
    "</head>",
    "<body>",
    `<h1>headgate ${text(run.verb)} ${mark(VERDICT[verdict], word)}</h1>`,
    `<p class="faint">${text(run.configuration.at)}, ${text(run.env.join(", "))}; ${text(run.startedAt)}; exit ${exitCode}</p>`,
    ...list(reasons),
    ...counts(reported),
    ...section("Failed checks", failures(reported, cwd)),
    ...section(
      "Findings",
      reported.findings.map((finding) => findingCard(finding, cwd)),
    ),
    ...section("Header matrix", matrixRoutes(reported.cells).map(route)),
    ...section("What arrives", survey.map(surveySection)),
    ...section(
      "Not decided",
      list(undecided.map(({ id, reason, where }) => `${id}: ${where.address} ${reason} (${placeText(where, cwd)})`)),
    ),
    ...section("Not looked at", list(notLookedAt)),
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`<h2>${title}</h2>`, ...parts];
}

function list(items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`<ul class="plain">${items.map((item) => `<li>${text(item)}</li>`).join("")}</ul>`];
}

function mark(tone: string, words: string): string {
  return `<span class="mark ${tone}">${text(words)}</span>`;
}

function counts({ cells, findings }: Reported): string[] {
  const inState = (state: Cell["state"]): number =>
    cells.filter((cell) => cell.state === state && cell.waived === undefined && cell.consequenceOf === undefined)
      .length;
  const accepted = [...cells, ...findings].filter(({ waived }) => waived !== undefined).length;
  const shown: [number, string][] = [
    [inState("pass"), "checks passed"],
    [inState("fail"), "failed"],
    [inState("inconclusive"), "could not look"],
    [countOf(findings, "error"), "error"],
    [countOf(findings, "warning"), "warning"],
    [countOf(findings, "note"), "note"],
    [accepted, "waived"],
  ];
  const items = shown
    .slice(cells.length === 0 ? 3 : 0)
    .map(([count, what]) => `<li><b>${count}</b>${plural(count, what)}</li>`);
  return [`<ul class="counts">${items.join("")}</ul>`];
}

function plural(count: number, what: string): string {
  return count !== 1 && ["error", "warning", "note"].includes(what) ? `${what}s` : what;
}

function failures({ cells, rules }: Reported, cwd: string): string[] {
  return failedGroups(cells).map((group) => {
    const [cell] = group;
    const accepted = acceptance(cell);
    const fields: [string, string][] = [
      ...whereSeen(group).map((seen): [string, string] => ["seen at", seen]),
      ...(cell.header === null
        ? []
        : ([
            ["sent", fingerprintsText(cell.sent)],
            ["arrived", fingerprintsText(cell.arrived)],
          ] as [string, string][])),
      ...cell.by.map((act): [string, string] => ["by", `${act.address} ${act.effect}, ${placeText(act, cwd)}`]),
      ["declared", placeText(cell.declaredAt, cwd)],
      accepted === undefined
        ? ["fix", rules.find(({ id }) => id === cell.rule)?.fix ?? ""]
        : ["waived", accepted.replace(/^waived /, "")],
    ];
    return card(accepted === undefined ? "bad" : "none", {
      word: accepted === undefined ? "fail" : "waived",
      rule: cell.rule,
      title: whatFailed(cell),
      fields,
    });
  });
}

function findingCard(finding: Finding, cwd: string): string {
  const { id, severity, title, where, by, fix, options = [], dependsOn } = finding;
  const accepted = acceptance(finding);
  const fields: [string, string][] = [
    ["at", placeText(where, cwd)],
    ["", `${where.address}${where.attribute === "" ? "" : `.${where.attribute}`}`],
    ...by.map((place): [string, string] => ["with", placeText(place, cwd)]),
    ...(dependsOn === undefined ? [] : [["depends", `on ${dependsOn}, which is open`] as [string, string]]),
    ...(accepted === undefined ? [] : [["accepted", accepted] as [string, string]]),
    ...(options.length === 0 ? [["fix", fix] as [string, string]] : []),
    ...options.map(({ what, effort, risk }, index): [string, string] => [
      `option ${index + 1}`,
      `${what} (effort: ${effort}; risk: ${risk})`,
    ]),
  ];
  const tone = accepted === undefined ? SEVERITY[severity] : "none";
  return card(tone, { word: severity, rule: id, title, fields });
}

interface Card {
  readonly word: string;
  readonly rule: string;
  readonly title: string;
  readonly fields: readonly (readonly [string, string])[];
}

function card(tone: string, { word, rule, title, fields }: Card): string {
  const lines = fields.map(([label, value]) => `<dt>${label}</dt><dd>${text(value)}</dd>`);
  return `<article class="${tone}"><header>${mark(tone, word)} <code>${text(rule)}</code><p>${text(title)}</p></header><dl>${lines.join("")}</dl></article>`;
}

interface Placed {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly construct?: { readonly file: string; readonly line: number };
}

function placeText({ file, line, column, construct }: Placed, cwd: string): string {
  const own = `${fileFrom(file, cwd)}:${line}:${column}`;
  return construct === undefined ? own : `${fileFrom(construct.file, cwd)}:${construct.line} (${own})`;
}

function route({ title, service, rows }: MatrixRoute): string {
  const shown = ({ style, text: words }: Mark): string => mark(TONE[style], words);
  const lines = rows.map(
    ({ name, arrives, marks }) =>
      `<tr><td${arrives === "" ? "" : ` data-arrives="${text(arrives)}"`}>${text(name)}</td><td>${text(arrives)}</td><td>${shown(marks.http)}</td><td>${shown(marks.websocket)}</td></tr>`,
  );
  const heads = ["header", "arrives", "HTTP", "upgrade"].map((head) => `<th scope="col">${head}</th>`).join("");
  return `<h3>${text(title)} <small>→ ${text(service)}</small></h3><div class="scroll"><table class="matrix"><thead><tr>${heads}</tr></thead><tbody>${lines.join("")}</tbody></table></div>`;
}
