import type { Finding, Severity } from "../facts/finding.ts";
import type { Paint, Style } from "./paint.ts";
import { wrap } from "./paint.ts";

const STYLE: Readonly<Record<Severity, Style>> = { error: "bad", warning: "open", note: "faint" };
const WIDTH = 80;
const LABEL = 10;

/** Findings of static rules: what, where, what to do. */
export function findingsText(findings: readonly Finding[], paint: Paint): string[] {
  return findings.flatMap((finding) => ["", ...findingLines(finding, paint)]);
}

function findingLines({ id, severity, title, where, by, fix, dependsOn }: Finding, paint: Paint): string[] {
  return [
    ...wrap(`${severity.toUpperCase()} ${id}  ${title}`, WIDTH).map((line, index) =>
      index === 0 ? line.replace(/^\S+/, (word) => paint(STYLE[severity], word)) : `  ${line}`,
    ),
    ...field("at", `${where.file}:${where.line}:${where.column}`),
    ...field("", `${where.address}${where.attribute === "" ? "" : `.${where.attribute}`}`),
    ...(where.construct === undefined ? [] : field("", `${where.construct.file}:${where.construct.line}`)),
    ...by.flatMap((place) => field("with", `${place.file}:${place.line}:${place.column}`)),
    ...(dependsOn === undefined ? [] : field("depends", `on ${dependsOn}, which is open`)),
    ...field("fix", fix),
  ];
}

function field(label: string, text: string): string[] {
  return wrap(text, WIDTH - LABEL - 2).map((line, index) => `  ${(index === 0 ? label : "").padEnd(LABEL)}${line}`);
}
