import type { Affects, StagedAct, Unknown } from "../facts/provenance.ts";
import type { TracedHeader } from "../facts/trace.ts";

/** Whether an unknown is one that keeps an answer from being told. What does not say, leaves all open. */
export function isDecisive({ affects = "request" }: Unknown): boolean {
  return affects === "request" || affects === "refusal";
}

/** The unknown with what it leaves open, where it does not say so itself. */
export function withAffects(unknown: Unknown, affects: Affects): Unknown {
  return unknown.affects === undefined ? { ...unknown, affects } : unknown;
}

/** What happened to each header, where nothing leaves open what arrives of it. */
export function overDoubts(headers: readonly TracedHeader[], unknowns: readonly Unknown[]): TracedHeader[] {
  const doubts = unknowns.filter(({ affects }) => affects === "headers");
  if (doubts.length === 0) return [...headers];
  const named = doubts.flatMap(({ header, mayRemove }) => (mayRemove === true ? [] : (header ?? [])));
  const unseen = [...new Set(named)].filter((name) => !headers.some((header) => header.name === name));
  const all = [
    ...headers,
    ...unseen.map((name): TracedHeader => ({ name, state: "absent", sent: [], arrives: [], by: [] })),
  ];
  return all.map((header) => {
    const isHere = header.arrives.length > 0;
    const own = doubts.filter(
      ({ header: name, mayRemove }) => name === undefined || (name === header.name && (isHere || mayRemove !== true)),
    );
    if (own.length === 0) return header;
    return { ...header, state: "unknown", arrives: [null], by: [...header.by, ...own.map(actOf)] };
  });
}

function actOf({ by, reason }: Unknown): StagedAct {
  return { ...by, effect: `leaves open what arrives: ${reason}`, stage: "backend" };
}
