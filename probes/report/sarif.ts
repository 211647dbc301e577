import { createHash } from "node:crypto";
import type { Finding, Severity } from "../facts/finding.ts";
import type { Act, Provenance } from "../facts/provenance.ts";
import type { Cell } from "../facts/result.ts";
import { harmlessJson } from "./json.ts";
import { harmlessDeep } from "./paint.ts";
import { acceptance, failedGroups, fingerprintsText, whatFailed, whereSeen } from "./reported.ts";
import type { ReportOptions, Reported } from "./reported.ts";
import { placed } from "./sarif-places.ts";
import type { Related, SarifPlace } from "./sarif-places.ts";
import { sarifRules } from "./sarif-rules.ts";

/** Level of SARIF §3.27.10 for a severity; they have the same names. */
const LEVEL: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "note" };

/** SARIF 2.1.0: failed checks and findings as results, what could not be looked at as notifications of the run. */
export function renderSarif(raw: Reported, { cwd, pageOf }: ReportOptions): string {
  const reported = harmlessDeep(raw);
  const [name = "headgate", version = ""] = reported.run.tool.split(" ");
  const results = [
    ...failedGroups(reported.cells).map((cells) => failedResult(cells, cwd)),
    ...reported.findings.map((finding) => findingResult(finding, cwd)),
  ];
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name, semanticVersion: version, rules: sarifRules(reported.rules, pageOf) } },
        automationDetails: { id: `headgate/${reported.run.verb}/` },
        columnKind: "utf16CodeUnits",
        invocations: [invocation(reported, cwd)],
        results,
      },
    ],
  };
  return `${harmlessJson(JSON.stringify(log, null, 2))}\n`;
}

/** A run that could not look is one that did not succeed, whatever it found besides (§3.20.14). */
function invocation({ run, verdict, exitCode, reasons, undecided = [], notLookedAt }: Reported, cwd: string): object {
  const said = (level: string, text: string, at?: Provenance): object => ({
    level,
    message: { text },
    ...(at !== undefined && { locations: placed(at, [], cwd).locations }),
  });
  return {
    executionSuccessful: verdict === "pass" || verdict === "contract-broken",
    exitCode,
    exitCodeDescription: verdict,
    startTimeUtc: run.startedAt,
    toolExecutionNotifications: [
      ...(verdict === "inconclusive" ? reasons.map((reason) => said("error", reason)) : []),
      ...undecided.map(({ id, reason, where }) => said("note", `${id} could not look: ${reason}`, where)),
      ...notLookedAt.map((text) => said("note", `not looked at: ${text}`)),
    ],
  };
}

function failedResult(cells: readonly [Cell, ...Cell[]], cwd: string): object {
  const [cell] = cells;
  const [cause, ...others] = cell.by;
  const declared: Related = { ...cell.declaredAt, what: "declared here" };
  const wire =
    cell.header === null ? "" : ` Sent ${fingerprintsText(cell.sent)}, arrived ${fingerprintsText(cell.arrived)}.`;
  const seen = whereSeen(cells).join("; ");
  const place: SarifPlace = cause ?? { ...cell.declaredAt, address: cell.route, attribute: "" };
  const related = cause === undefined ? [] : [...others.map(actRelated), declared];
  return result(cell, {
    rule: cell.rule,
    level: "error",
    text: `${sentence(whatFailed(cell))} ${cause === undefined ? "" : `${sentence(`${cause.address} ${cause.effect}`)} `}Seen at ${seen}.${wire}`,
    ...placed(place, related, cwd),
    identity: [cell.rule, cell.env, cell.route, cell.header ?? "", cell.reason ?? ""],
  });
}

function actRelated(act: Act): Related {
  return { ...act, what: act.effect };
}

function findingResult(finding: Finding, cwd: string): object {
  const { id, severity, title, where, by, fix, dependsOn, consequenceOf: cause } = finding;
  const open = dependsOn === undefined ? "" : ` It depends on ${dependsOn}, which is open.`;
  const related = [
    ...(cause === undefined ? [] : [{ ...cause.where, what: `goes with ${cause.id}` }]),
    ...by.map((place): Related => ({ ...place, what: "needs this too" })),
  ];
  return result(finding, {
    rule: id,
    level: LEVEL[severity],
    text: `${sentence(title)}${open} ${sentence(fix)}`,
    ...placed(where, related, cwd),
    identity: [id, where.address, where.attribute, title],
  });
}

interface ResultParts extends ReturnType<typeof placed> {
  readonly rule: string;
  readonly level: string;
  readonly text: string;
  /** What stays the same when lines move. */
  readonly identity: readonly string[];
}

function result(item: Cell | Finding, { rule, level, text, identity, ...places }: ResultParts): object {
  const accepted = typeof item.consequenceOf === "object" ? undefined : acceptance(item);
  const isInline = accepted !== undefined && item.waived !== undefined && !isYaml(item.waived.at.file);
  return {
    ruleId: rule,
    level,
    message: { text: text.trim() },
    ...places,
    partialFingerprints: {
      "headgate/v1": createHash("sha256").update(identity.join("\0")).digest("hex"),
    },
    ...(accepted !== undefined && {
      suppressions: [{ kind: isInline ? "inSource" : "external", justification: accepted }],
    }),
  };
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
