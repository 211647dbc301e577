import type { Trace } from "../../../probes/facts/trace.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";
import { UNKNOWN_VALUE } from "./types.ts";
import type { Line, OracleAnswer } from "./types.ts";

type Headers = ReadonlyMap<string, readonly (string | null)[]>;

/** What two parties say of one request, in one shape. `null` is a value that cannot be told. */
export interface Account {
  readonly kind: "backend" | "redirect" | "rejected" | "tls-error" | "no-listener" | "unknown";
  readonly backend?: string | undefined;
  readonly service?: string | undefined;
  readonly statuses?: readonly number[];
  readonly location?: string;
  readonly target?: string | undefined;
  readonly headers?: Headers;
  /** What arrives if the request is let in, where nobody can tell whether it is. */
  readonly ifLetIn?: { readonly target?: string | undefined; readonly headers: Headers };
  /** Why nothing can be said, or why it was refused. */
  readonly because?: readonly string[];
}

const KIND = {
  backend: "backend",
  redirect: "redirect",
  "tls-error": "tls-error",
  "no-listener": "no-listener",
  "rejected-by-edge": "rejected",
  "answered-by-edge": "rejected",
  "fault-injected": "rejected",
  unknown: "unknown",
} as const satisfies Record<Trace["outcome"], Account["kind"]>;

export function accountOfModel(trace: Trace): Account {
  const kind = KIND[trace.outcome];
  // What Google refuses, no request ever meets; one that is answered before it comes so far, says so.
  const { problems = [], answer } = trace;
  const isEarly = answer !== undefined && !["neg", "run-ingress", "run-front"].includes(answer.by.stage);
  if (problems.length > 0 && !isEarly) return { kind: "unknown", because: problems.map(({ reason }) => reason) };
  const because = trace.answer === undefined ? [] : [trace.answer.body.trim()];
  if (kind === "unknown" && trace.forward === undefined)
    return { kind, because: trace.unknowns.map(({ reason }) => reason) };
  if (kind === "backend" || kind === "unknown") {
    const headers = new Map(trace.headers.map(({ name, arrives }) => [name, arrives] as const));
    const way = { backend: trace.backend, service: trace.service, target: trace.forward?.target, headers };
    return kind === "backend"
      ? { kind, ...way }
      : { kind, ifLetIn: way, because: trace.unknowns.map((each) => each.reason) };
  }
  const location = trace.answer?.headers.find(([name]) => name.toLowerCase() === "location")?.[1];
  return { kind, ...(trace.answer && { statuses: [trace.answer.status] }), ...(location && { location }), because };
}

export function accountOfOracle({ outcome, arrives, target }: OracleAnswer): Account {
  const headers = grouped(arrives.map(([name, value]) => [name, value === UNKNOWN_VALUE ? null : value] as const));
  switch (outcome.kind) {
    case "backend":
      return { ...outcome, target, headers };
    case "redirect":
      return { kind: "redirect", statuses: [outcome.status], location: outcome.location };
    case "rejected":
      return { kind: "rejected", statuses: outcome.statuses, because: outcome.rows };
    case "unknown":
      return { kind: "unknown", because: outcome.rows, ...(arrives.length > 0 && { ifLetIn: { target, headers } }) };
    case "tls-error":
    case "no-listener":
      return outcome;
  }
}

/** What a service says that it received. */
export function accountOfWitness(backend: string, service: string, target: string, headers: readonly Line[]): Account {
  return { kind: "backend", backend, service, target, headers: grouped(headers) };
}

function grouped(lines: readonly (readonly [string, string | null])[]): Map<string, (string | null)[]> {
  const groups = new Map<string, (string | null)[]>();
  for (const [name, value] of lines) groups.set(name.toLowerCase(), [...(groups.get(name.toLowerCase()) ?? []), value]);
  return groups;
}

/** Names whose value the edge draws, and its form: facts H4 and R8. */
const DRAWN: Readonly<Record<string, RegExp>> = {
  "x-cloud-trace-context": /^[0-9a-f]{32}(\/\d+)?(;o=\d)?$/,
  traceparent: /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-9a-f]$/,
  forwarded: /^for="?[0-9a-fA-F.:[\]]+"?(;[a-z]+=[^;]+)*$/,
};

/** Names whose lines and list members say the same: H1 and H3 name members, not lines. */
const LISTS = ["via", "x-forwarded-for"];

export interface ComparedAs {
  /** H13: with the reading `joined`, only the joined value can be compared. */
  readonly joined?: boolean;
  /** A real service receives a value where nobody can tell which. */
  readonly real?: boolean;
  /** Whoever says that nobody can tell what arrives under a name, is not wrong. */
  readonly modest?: boolean;
}

/** What differs between what is claimed and what the oracle expects, in words; empty where they agree. */
export function differences(claimed: Account, expected: Account, as: ComparedAs = {}): string[] {
  if (claimed.kind !== expected.kind) return [`${say(claimed)} instead of ${say(expected)}`];
  const found: string[] = [];
  const same = (what: "backend" | "service" | "target" | "location"): void => {
    if (claimed[what] !== expected[what]) found.push(`${what} ${claimed[what]} instead of ${expected[what]}`);
  };
  for (const what of ["backend", "service", "target", "location"] as const) same(what);
  if (!(claimed.statuses ?? []).every((status) => expected.statuses?.includes(status)))
    found.push(`status ${claimed.statuses?.join()} instead of ${expected.statuses?.join(" or ")}`);
  found.push(...otherHeaders(claimed.headers, expected.headers, as));
  if (claimed.ifLetIn !== undefined && expected.ifLetIn !== undefined)
    found.push(
      ...otherHeaders(claimed.ifLetIn.headers, expected.ifLetIn.headers, as).map((each) => `if let in, ${each}`),
    );
  return found;
}

function otherHeaders(claimed: Headers | undefined, expected: Headers | undefined, as: ComparedAs): string[] {
  const names = new Set([...(claimed?.keys() ?? []), ...(expected?.keys() ?? [])]);
  return [...names].flatMap((name) => {
    const [one, other] = [claimed, expected].map((headers) => shaped(name, headers?.get(name) ?? [], as));
    const isModest = as.modest === true && one!.length === 1 && one![0] === null;
    if (isModest || sameValues(name, one!, other!, as)) return [];
    return [`header ${name}: ${JSON.stringify(one)} instead of ${JSON.stringify(other)}`];
  });
}

function say({ kind, statuses, service, because }: Account): string {
  return `${[kind, statuses?.join("|"), service].filter(Boolean).join(" ")} (${(because ?? []).join(", ")})`;
}

function shaped(name: string, values: readonly (string | null)[], { joined = false }: ComparedAs): (string | null)[] {
  if (values.includes(null)) return joined ? [null] : [...values];
  const texts = values as readonly string[];
  if (LISTS.includes(name))
    return texts.flatMap((value) => value.split(",").map((part) => part.trim())).filter((part) => part !== "");
  if (["connection", "upgrade"].includes(name)) return texts.map((value) => value.toLowerCase());
  return joined && texts.length > 0 ? [texts.map((value) => value.trim()).join(",")] : [...texts];
}

function sameValues(
  name: string,
  claimed: (string | null)[],
  expected: (string | null)[],
  { real = false, joined = false }: ComparedAs,
): boolean {
  // A list with a member that cannot be told cannot be taken apart, and neither can joined lines.
  const whole = LISTS.includes(name) || joined;
  if (whole && real && expected.includes(null)) return claimed.length > 0;
  if (claimed.length !== expected.length) return false;
  return claimed.every((value, index) => {
    const wanted = expected[index];
    if (wanted !== null) return value === wanted;
    // The emulator writes its placeholder where a configuration's value is not known.
    if (real && value?.includes(PLACEHOLDER) === true) return true;
    if (DRAWN[name] !== undefined && value !== null) return DRAWN[name].test(value);
    return real ? value !== null : value === null;
  });
}
