import type { Contract } from "../../contract/contract.ts";
import { MAX_QUOTED, RECEIPT_SCHEMA, configurationDigest, oneLine, receiptTime } from "../../contract/receipt.ts";
import type { LookedAt, Receipt } from "../../contract/receipt.ts";
import type { Finding } from "../facts/finding.ts";
import type { Provenance } from "../facts/provenance.ts";
import type { Cell, Result, Verdict } from "../facts/result.ts";

/** What a receipt speaks of, whatever was found. */
export interface Subject {
  readonly stack: string;
  readonly environment: string;
  readonly contract: Pick<Contract, "digest">;
  /** Undefined for a configuration that could not be read: then no configuration has this receipt's digest. */
  readonly lookedAt?: LookedAt;
  readonly tool: string;
  readonly proof: Receipt["proof"];
  readonly at: Date;
}

/** What a run says of a stack, in the words that Terraform will quote. */
export function receiptOf(subject: Subject, { verdict, reasons, counts, cells, findings }: Result): Receipt {
  const blocking = findings.filter(({ blocks }) => blocks === true);
  const failing = [...new Set([...cells.filter(isFailing).map(cellLine), ...blocking.map(findingLine)])];
  const passed = `${counts.pass} checks passed${counts.waived > 0 ? `, ${counts.waived} waived` : ""}`;
  return {
    ...common(subject),
    verdict,
    summary: oneLine(verdict === "pass" ? passed : reasons.join("; ")),
    failing: failing.slice(0, MAX_QUOTED),
  };
}

/** The receipt of a run that came to no result. */
export function receiptOfTrouble(subject: Subject, verdict: Exclude<Verdict, "pass">, message: string): Receipt {
  return { ...common(subject), verdict, summary: oneLine(message), failing: [] };
}

function common({
  stack,
  environment,
  contract,
  lookedAt = NOTHING,
  tool,
  proof,
  at,
}: Subject): Omit<Receipt, "verdict" | "summary" | "failing"> {
  return {
    schema: RECEIPT_SCHEMA,
    stack,
    environment,
    proof,
    contract: contract.digest,
    configuration: { digest: configurationDigest(lookedAt), ...copied(lookedAt) },
    tool,
    at: receiptTime(at),
  };
}

const NOTHING = { folders: [], files: {}, variables: {} };

function copied({ folders, files, variables }: LookedAt): Omit<Receipt["configuration"], "digest"> {
  return { folders: [...folders], files: { ...files }, variables: { ...variables } };
}

function isFailing({ state, waived, consequenceOf }: Cell): boolean {
  return state === "fail" && waived === undefined && consequenceOf === undefined;
}

/** `FAIL header-unchanged  Authorization  wss://api.example.com/ws  arrives: stripped, wanted: unchanged  by … (edge.tf:41)`. */
function cellLine(cell: Cell): string {
  const scheme = cell.protocol === "websocket" ? "wss" : "https";
  const [culprit] = cell.by;
  return oneLine(
    [
      `FAIL ${cell.rule}`,
      ...(cell.header === null ? [] : [cell.header]),
      `${scheme}://${cell.host}${cell.path}`,
      ...(cell.observation === null
        ? [cell.reason ?? "failed"]
        : [`${cell.observation}, wanted ${cell.arrives ?? "an answer"}`]),
      ...(culprit === undefined ? [] : [`by ${culprit.address} ${culprit.attribute} ${placeOf(culprit)}`]),
    ].join("  "),
  );
}

/** `ERROR url-map-removes-credential  the URL map removes Authorization  (edge.tf:41)`. */
function findingLine({ id, severity, title, where }: Finding): string {
  return oneLine(`${severity.toUpperCase()} ${id}  ${title}  ${placeOf(where)}`);
}

function placeOf({ construct, file, line }: Provenance): string {
  // Nothing absolute: a receipt says the same wherever it was made.
  const at = construct ?? { file, line };
  return `(${at.file.replace(/^.*[/\\]/, "")}:${at.line})`;
}
