import type { Draw, Trace, TracedHeader } from "../facts/trace.ts";
import type { Unknown } from "../facts/provenance.ts";

/**
 * Where chance chooses a backend and nothing was drawn for the request, the answer for every choice, merged: what is the
 * same for all is told, the rest is open (fact U20).
 */
export function overDraws(trace: (draw: number | undefined) => Trace): Trace {
  const first = trace(undefined);
  const { backends } = first;
  if (backends === undefined || backends.length < 2) return first;
  const total = backends.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  const traces = backends.map(({ weight }) => {
    const draw = (before + weight / 2) / total;
    before += weight;
    return trace(draw);
  });
  return merged(traces, backends);
}

function merged(traces: readonly Trace[], backends: readonly Draw[]): Trace {
  const [first] = traces as [Trace, ...Trace[]];
  const same = <Key extends keyof Trace>(key: Key): Pick<Trace, Key> | object => {
    const isSame = traces.every((each) => JSON.stringify(each[key]) === JSON.stringify(first[key]));
    return isSame && first[key] !== undefined ? { [key]: first[key] } : {};
  };
  const isOneOutcome = traces.every(({ outcome }) => outcome === first.outcome);
  const unknowns = distinct(traces.flatMap((each) => each.unknowns));
  return {
    outcome: isOneOutcome ? first.outcome : "unknown",
    ...same("backend"),
    ...same("service"),
    ...same("reasons"),
    ...same("matchedBy"),
    ...same("answer"),
    ...same("forward"),
    backends: backends.map((each, index) => ({ ...each, ...serviceOf(traces[index]) })),
    steps: (first.steps ?? []).filter((step) =>
      traces.every(({ steps = [] }) => steps.some((each) => alike(each, step))),
    ),
    headers: mergedHeaders(traces),
    unknowns: isOneOutcome ? unknowns : [...unknowns, chance(first, backends)],
    problems: distinct(traces.flatMap(({ problems = [] }) => problems)),
    notes: [...new Set(traces.flatMap(({ notes }) => notes))],
    dependsOn: [...new Set(traces.flatMap(({ dependsOn }) => dependsOn))],
  };
}

function serviceOf(trace: Trace | undefined): { service?: string } {
  return trace?.service === undefined ? {} : { service: trace.service };
}

function chance({ matchedBy }: Trace, backends: readonly Draw[]): Unknown {
  const reason = `chance decides between ${backends.map(({ backend, weight }) => `${backend} (${weight})`).join(" and ")}`;
  const nowhere = { address: "", attribute: "", file: "", line: 1, column: 1 };
  const { address, attribute, file, line, column } = matchedBy ?? nowhere;
  return { kind: "unknown", reason, by: { address, attribute, file, line, column } };
}

function mergedHeaders(traces: readonly Trace[]): TracedHeader[] {
  const names = [...new Set(traces.flatMap(({ headers }) => headers.map(({ name }) => name)))];
  return names.map((name) => {
    const all = traces.map(({ headers }) => headers.find((each) => each.name === name));
    const [first] = all;
    const told = (each: TracedHeader | undefined): string => JSON.stringify([each?.state, each?.arrives]);
    if (first !== undefined && all.every((each) => told(each) === told(first))) return first;
    const sent = all.find((each) => each !== undefined)?.sent ?? [];
    const by = distinct(all.flatMap((each) => each?.by ?? []));
    return { name, state: "unknown", sent, arrives: [null], by };
  });
}

function alike(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function distinct<Item extends object>(items: readonly Item[]): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => seen.size !== seen.add(JSON.stringify(item)).size);
}
