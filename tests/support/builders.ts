import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Contract, Environment } from "../../contract/contract.ts";
import { parseContract } from "../../contract/parse.ts";
import type { WitnessReport } from "../../contract/probe-protocol.ts";
import { formatProblem } from "../../contract/problem.ts";
import type { Problem } from "../../contract/problem.ts";
import { listMembers, valuesOf, withoutHeader } from "../../http/header-list.ts";
import type { HeaderLine, HeaderList } from "../../http/header-list.ts";
import type { Attempt, Case, PlannedHeader } from "../../probes/facts/case.ts";
import type { Finding } from "../../probes/facts/finding.ts";
import type { Observation } from "../../probes/facts/observation.ts";
import type { StagedAct } from "../../probes/facts/provenance.ts";
import type { Cell, Control, Result } from "../../probes/facts/result.ts";
import type { Waived } from "../../probes/facts/waiver.ts";
import { conclude } from "../../probes/pipeline/conclude.ts";
import { judgeCase } from "../../probes/pipeline/judge-case.ts";
import { mintAttempt } from "../../probes/plan/mint.ts";
import type { Mint } from "../../probes/plan/mint.ts";
import { planCases } from "../../probes/plan/plan.ts";
import { compareHeader } from "../../probes/probers/compare.ts";
import type { HeaderEvidence } from "../../probes/rules/define-rule.ts";
import type { Bench } from "../../probes/rules/judge.ts";

/** Runs of a property: enough to notice in daily work, many more when soaking. */
export const RUNS = process.env["HEADGATE_SOAK"] === undefined ? 200 : 20_000;

/** Name under which the tests parse contracts, as it stands in messages. */
export const FILE = "headgate.yaml";

/** A small contract of one environment, which tests edit; the reference system's own may grow beside it. */
export const REFERENCE = readFileSync(new URL("contracts/staging.yaml", import.meta.url), "utf8");

/** A contract of two environments that uses every key. */
export const EVERYTHING = readFileSync(new URL("contracts/everything.yaml", import.meta.url), "utf8");

/** `text` with the one occurrence of `from` replaced; an edit that finds nothing, or too much, is a mistake in the test. */
export function edit(text: string, from: string, to: string): string {
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`"${from}" stands ${pieces.length - 1} times in the text`);
  return pieces.join(to);
}

/** The contract that `text` declares; throws with its problems. */
export function contractOf(text: string): Contract {
  const parsed = parseContract(text, FILE);
  if ("problems" in parsed) throw new Error(parsed.problems.map(formatProblem).join("\n"));
  return parsed.contract;
}

/** The problems of `text`; throws when there are none. */
export function problemsOf(text: string): readonly Problem[] {
  const parsed = parseContract(text, FILE);
  if (!("problems" in parsed)) throw new Error("the contract was accepted");
  return parsed.problems;
}

/** A bad contract: one edit of a good one, and everything that must be said about it. */
export interface BadContract {
  readonly name: string;
  /** The good one; the small contract where none is named. */
  readonly of?: string;
  readonly from: string;
  readonly to: string;
  /** How the text starts at the place that the first problem names. */
  readonly stands: string;
  readonly says: readonly string[];
  /** What may stand in the place of `from` just as well: the nearest neighbour that must be accepted. */
  readonly accepts?: string;
}

/** What is said about a bad contract, and the text at the place that is named first. */
export function refusalOf({ of = REFERENCE, from, to }: Pick<BadContract, "of" | "from" | "to">): {
  said: string[];
  stands: string;
} {
  const text = edit(of, from, to);
  const problems = problemsOf(text);
  const { line, column } = problems[0]!.at;
  return {
    said: problems.flatMap((problem) => formatProblem(problem).split("\n")),
    stands: text.split("\n")[line - 1]!.slice(column - 1),
  };
}

/** Registers the tests of a table: each bad contract is refused in these words at this place, and its neighbour accepted. */
export function itRefuses(title: string, table: readonly BadContract[]): void {
  it.each(table.map((bad) => [bad.name, bad] as const))(`${title}: %s`, (_, bad) => {
    const { said, stands } = refusalOf(bad);
    expect(said).toEqual(bad.says);
    expect(stands.slice(0, bad.stands.length)).toBe(bad.stands);
  });
  const neighbours = table.flatMap(({ name, of = REFERENCE, from, accepts }) =>
    accepts === undefined ? [] : [[name, edit(of, from, accepts)] as const],
  );
  it.each(neighbours)("accepts the neighbour of %s", (_, text) => {
    expect(contractOf(text).file).toBe(FILE);
  });
}

export function environmentOf(contract: Contract, id = "staging"): Environment {
  const environment = contract.environments[id];
  if (environment === undefined) throw new Error(`no environment ${id}`);
  return environment;
}

/** A mint whose random texts are all different and the same in every run. */
export function steadyMint(more: Partial<Mint> = {}): Mint {
  let drawn = 0;
  return {
    random: (bytes) =>
      createHmac("sha512", "steady")
        .update(String(drawn++))
        .digest("hex")
        .slice(0, bytes * 2),
    key: "0123456789abcdef",
    expiresAt: 4_102_444_800_000,
    ...more,
  };
}

export function aHeader(more: Partial<PlannedHeader> = {}): PlannedHeader {
  return {
    id: "authorization",
    name: "Authorization",
    arrives: { kind: "unchanged" },
    declaredAt: { file: FILE, line: 10, column: 73 },
    send: "Bearer ${token}",
    ...more,
  };
}

export function aCase(more: Partial<Case> = {}): Case {
  return {
    id: "staging api.staging.example.com /ws websocket native",
    env: "staging",
    route: "api.${domain} /ws",
    routeAt: { file: FILE, line: 34, column: 5 },
    host: "api.staging.example.com",
    form: "/ws",
    formAt: { file: FILE, line: 35, column: 13 },
    path: "/ws",
    protocol: "websocket",
    client: "native",
    service: "backend",
    headers: [aHeader()],
    skipped: [],
    ...more,
  };
}

export function anAttempt(more: Partial<Case> = {}, mint: Mint = steadyMint()): Attempt {
  return mintAttempt(aCase(more), mint);
}

/** The witness's report on an attempt whose lines arrived as `headers`. */
export function aWitness(attempt: Attempt, headers: HeaderList, more: Partial<WitnessReport> = {}): WitnessReport {
  return {
    schema: "headgate-witness/1",
    nonce: attempt.nonce,
    service: attempt.case.service,
    revision: `${attempt.case.service}-00001`,
    image: null,
    instance: "instance-1",
    startedAt: "2030-01-01T00:00:00.000Z",
    method: "GET",
    target: attempt.target,
    httpVersion: "1.1",
    headers: headers.map(([name, value]) => [name, value] as const),
    ...more,
  };
}

/** An attempt that its service answered, with `arrived` at the far side, and the lines that every request has. */
export function answered(attempt: Attempt, arrived: HeaderList, more: Partial<Observation> = {}): Observation {
  const upgrade = attempt.case.protocol === "websocket";
  const pair: HeaderList = upgrade
    ? [
        ["Upgrade", "websocket"],
        ["Connection", "Upgrade"],
      ]
    : [];
  return {
    caseId: attempt.case.id,
    secure: true,
    sent: [["Host", attempt.case.host], ...pair, ...attempt.lines],
    response: { status: upgrade ? 101 : 200, headers: [["Server", "witness"]], body: "" },
    ...(upgrade && { subprotocol: attempt.case.answer ?? "" }),
    witness: aWitness(attempt, [["host", attempt.case.host], ...pair, ...arrived]),
    durationMs: 1,
    ...more,
  };
}

/** The lines of an attempt after an edge that does exactly what is declared. */
export function throughFaithfulEdge(attempt: Attempt, contract: Contract): HeaderLine[] {
  const gone = (attempt.tried ?? []).filter(({ role }) => role !== "doubled").map(({ name }) => name);
  let lines: HeaderLine[] = gone.reduce<HeaderLine[]>(withoutHeader, [...attempt.lines]);
  for (const { id, name, arrives } of attempt.case.headers) {
    if (arrives.kind === "never" || arrives.kind === "set") lines = withoutHeader(lines, name);
    if (arrives.kind === "set") lines.push([name, contract.headers[id]!.value!]);
    if (arrives.kind !== "appended") continue;
    const list = [...listMembers(valuesOf(lines, name)), "127.0.0.1", "192.0.2.10"].join(",");
    lines = [...withoutHeader(lines, name), [name, list]];
  }
  return lines;
}

export function fingerprint(value: string): { hash: string; bytes: number } {
  return {
    hash: createHmac("sha256", "fingerprint").update(value).digest("hex").slice(0, 8),
    bytes: Buffer.byteLength(value),
  };
}

/** A bench that compares the wire with the far side as the pipeline does. */
export const BENCH: Bench = {
  target: "emulated",
  fingerprint,
  compare: (name, attempt, observation) => {
    const id = attempt.case.headers.find((header) => header.name === name)!.id;
    return compareHeader(name, observation.sent ?? [], observation.witness?.headers ?? [], attempt.canaries[id]!);
  },
  redact: (text, { secrets }) => secrets.reduce((clean, secret) => clean.replaceAll(secret, "[redacted]"), text),
};

/** Evidence of one header that arrived as it was sent. */
export function headerEvidence(more: Partial<HeaderEvidence> = {}): HeaderEvidence {
  return {
    header: aHeader(),
    observation: "intact",
    sent: ["Bearer canary"],
    arrived: ["Bearer canary"],
    canaries: ["canary"],
    ...more,
  };
}

export function aCell(more: Partial<Cell> = {}): Cell {
  return {
    id: "staging api.staging.example.com /ws websocket native header-unchanged authorization",
    env: "staging",
    route: "api.${domain} /ws",
    rule: "header-unchanged",
    header: "Authorization",
    arrives: "unchanged",
    protocol: "websocket",
    client: "native",
    path: "/ws",
    host: "api.staging.example.com",
    state: "pass",
    observation: "intact",
    sent: [fingerprint("Bearer canary")],
    arrived: [fingerprint("Bearer canary")],
    answeredBy: { service: "backend", revision: "backend-00001", status: 101 },
    expectedService: "backend",
    by: [],
    declaredAt: { file: FILE, line: 10, column: 73 },
    ...more,
  };
}

export function anAct(more: Partial<StagedAct> = {}): StagedAct {
  return {
    address: "google_compute_url_map.main",
    attribute: "header_action.request_headers_to_remove",
    file: "cdktf.out/stacks/staging/cdk.tf.json",
    line: 41,
    column: 5,
    effect: "removes Authorization",
    stage: "url-map",
    ...more,
  };
}

export function aWaived(more: Partial<Waived> = {}): Waived {
  return {
    reason: "until the client is gone",
    owner: "platform",
    expires: "2031-03-31",
    at: { file: FILE, line: 70, column: 5 },
    ...more,
  };
}

export function aFinding(more: Partial<Finding> = {}): Finding {
  return {
    id: "url-map-removes-credential",
    severity: "error",
    title: "google_compute_url_map.main removes Authorization",
    where: {
      address: "google_compute_url_map.main",
      attribute: "header_action[0].request_headers_to_remove[0]",
      file: "infra/main.tf",
      line: 12,
      column: 34,
    },
    by: [],
    fix: "Take the name out of the list.",
    ...more,
  };
}

/** The controls of a run whose probe is proved. */
export const HELD: readonly Control[] = (["positive", "negative"] as const).map((kind) => ({
  id: `${kind} websocket witness`,
  kind,
  protocol: "websocket",
  env: "staging",
  state: "pass",
}));

/** What a run of `text` through an edge gives; `edge` says what each attempt meets there. */
export function resultOf(
  edge: (attempt: Attempt, contract: Contract) => Observation = faithful,
  text: string = REFERENCE,
): Result {
  const contract = contractOf(text);
  const environments = Object.values(contract.environments);
  const cases = environments.flatMap((environment) => planCases(contract, environment));
  const mint = steadyMint();
  const judged = cases.map((planned) => {
    const attempt = mintAttempt(planned, mint);
    const context = { kind: "emulated", fingerprint, emulated: undefined } as const;
    return judgeCase(attempt, edge(attempt, contract), context);
  });
  return conclude(
    {
      run: { id: "run-1", verb: "gate", tool: "headgate 0.1.0", startedAt: "2030-01-01T00:00:00.000Z" },
      contract,
      environments,
      source: { kind: "cdktf", directory: "cdktf.out" },
      probe: { timeoutMs: 1000, concurrency: 1, signal: new AbortController().signal },
      mint,
      today: "2030-01-01",
      seed: 1,
      fingerprint,
      steps: [],
      measure: (_, work) => work(),
    },
    { digests: ["0".repeat(64)], cases, judged, controls: HELD },
  );
}

/** What an attempt meets at an edge that does exactly what is declared. */
export function faithful(attempt: Attempt, contract: Contract): Observation {
  return answered(attempt, throughFaithfulEdge(attempt, contract));
}
