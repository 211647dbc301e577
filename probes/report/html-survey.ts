import type { HeaderState } from "../facts/trace.ts";
import type { SurveyRow } from "../facts/survey.ts";
import { xmlText as text } from "./xml.ts";

const TONE: Readonly<Record<HeaderState, string>> = {
  same: "good",
  added: "open",
  replaced: "bad",
  appended: "open",
  removed: "bad",
  absent: "none",
  unknown: "open",
};

const HEADERS = ["authorization", "cookie", "origin", "sec-websocket-protocol"] as const;

/** What arrives at each host and path of a stack, without a contract: a table for each host. */
export function surveySection({ env, rows }: { readonly env: string; readonly rows: readonly SurveyRow[] }): string {
  const hosts = [...new Set(rows.map(({ host }) => host))];
  return hosts
    .map((host) =>
      table(
        `${host} (${env})`,
        rows.filter((row) => row.host === host),
      ),
    )
    .join("\n");
}

function table(title: string, rows: readonly SurveyRow[]): string {
  const heads = ["path", "", ...HEADERS].map((head) => `<th scope="col">${head}</th>`).join("");
  const lines = rows.map((row) => {
    const kind = row.protocol === "websocket" ? "upgrade" : "HTTP";
    const status = row.status === null ? "" : `, ${row.status}`;
    const cells =
      row.headers.length === 0
        ? `<td colspan="${HEADERS.length}">${text(row.outcome)}${status}</td>`
        : HEADERS.map((name) => cell(row, name)).join("");
    return `<tr><td><code>${text(row.path)}</code></td><td>${kind}</td>${cells}</tr>`;
  });
  return `<h3>${text(title)}</h3><div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${lines.join("")}</tbody></table></div>`;
}

function cell({ headers }: SurveyRow, name: string): string {
  const state = headers.find((each) => each.name === name)?.state ?? "absent";
  return `<td><span class="mark ${TONE[state]}">${state === "absent" ? "–" : state === "same" ? "arrives" : state}</span></td>`;
}
