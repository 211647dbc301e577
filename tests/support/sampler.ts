import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { STAMP_HEADER } from "../../contract/stamp.ts";
import { parseContract } from "../../contract/parse.ts";
import { firstValue } from "../../http/header-list.ts";
import type { Case } from "../../probes/facts/case.ts";
import type { Observation } from "../../probes/facts/observation.ts";
import { fingerprinter } from "../../probes/commands/run.ts";
import { judgeCase } from "../../probes/pipeline/judge-case.ts";
import { mintAttempt } from "../../probes/plan/mint.ts";
import { planCases } from "../../probes/plan/plan.ts";
import { probeAll } from "../../probes/probers/probe-all.ts";

/** What is sampled: an edge on loopback, by the promises of a contract. */
export interface Sampled {
  readonly port: number;
  readonly ca: string;
  /** Key that opens the witnesses. */
  readonly key: string;
  /** Text of a contract whose promises every version keeps. */
  readonly contract: string;
  readonly environment: string;
}

/** One request, and what its far side received of it. */
export interface Sample {
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly id: string;
  readonly protocol: "http" | "websocket";
  readonly status: number | undefined;
  /** Stamp of the URL map that answered; undefined where the answer has none. */
  readonly stamp: string | undefined;
  /** Revision that says it answered. */
  readonly revision: string | undefined;
  /** Body of an answer that was no witness's; empty otherwise. */
  readonly refusal: string;
  /** Checks that did not pass, with their reason: none where every declared header arrived as it is declared. */
  readonly broken: readonly string[];
}

export interface Sampler {
  readonly samples: readonly Sample[];
  /** How many samples were left out because too many were under way. */
  readonly skipped: () => number;
  /** Ends it once what is under way has ended. */
  readonly stop: () => Promise<readonly Sample[]>;
}

export interface Pace {
  /** Time between two samples, in milliseconds. Default 50. */
  readonly everyMs?: number;
  /** Samples under way at most. Default 8. */
  readonly most?: number;
}

const TIMEOUT_MS = 10_000;

const fingerprint = fingerprinter();

/**
 * Meets an edge as a user does, at a fixed pace: an upgrade and a plain request by turns, over all declared cases, each on
 * a connection of its own and judged by what the far side received.
 */
export function startSampler(sampled: Sampled, { everyMs = 50, most = 8 }: Pace = {}): Sampler {
  const cases = byTurns(casesOf(sampled));
  const samples: Sample[] = [];
  const underWay = new Set<Promise<void>>();
  const ended = new AbortController();
  let [next, skipped] = [0, 0];
  const take = (): void => {
    if (underWay.size >= most) return void skipped++;
    const one = sample(cases[next++ % cases.length]!, sampled).then((each) => void samples.push(each));
    underWay.add(one);
    void one.finally(() => underWay.delete(one));
  };
  const running = (async () => {
    while (!ended.signal.aborted) {
      take();
      await delay(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    await Promise.all(underWay);
  })();
  return {
    samples,
    skipped: () => skipped,
    stop: async () => {
      ended.abort();
      await running;
      return samples;
    },
  };
}

/** Cases that carry the declared headers of a contract, as a client without a page can send them. */
export function casesOf({ contract: text, environment }: Pick<Sampled, "contract" | "environment">): Case[] {
  const parsed = parseContract(text, "headgate.yaml");
  if ("problems" in parsed) throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  const { contract } = parsed;
  return planCases(contract, contract.environments[environment]!).filter(
    ({ trial, client }) => trial === undefined && client === "native",
  );
}

function byTurns(cases: readonly Case[]): Case[] {
  const [upgrades, plain] = (["websocket", "http"] as const).map((protocol) =>
    cases.filter((each) => each.protocol === protocol),
  ) as [Case[], Case[]];
  const longest = Math.max(upgrades.length, plain.length);
  return Array.from({ length: longest }, (_, index) =>
    [upgrades, plain].flatMap((list) => (list.length === 0 ? [] : [list[index % list.length]!])),
  ).flat();
}

/** Sends one case through the edge. `lines` go with it, as the token of a preview edge does. */
export async function sample(
  planned: Case,
  { port, ca, key }: Pick<Sampled, "port" | "ca" | "key">,
  lines: readonly (readonly [string, string])[] = [],
): Promise<Sample> {
  const at = Date.now();
  const random = (bytes: number): string => randomBytes(bytes).toString("hex");
  const minted = mintAttempt(planned, { random, key, expiresAt: at + 60_000 });
  const attempt = { ...minted, lines: [...minted.lines, ...lines] };
  const endpoint = { scheme: "https", address: "127.0.0.1", port, host: planned.host, ca } as const;
  const limits = { timeoutMs: TIMEOUT_MS, concurrency: 1, signal: new AbortController().signal };
  const [observation] = await probeAll([{ attempt, endpoint }], limits);
  const { cells } = judgeCase(attempt, observation!, { kind: "live", fingerprint, emulated: undefined });
  const broken = cells
    .filter(({ state }) => state !== "pass" && state !== "not-applicable")
    .map(({ rule, header, state, reason }) =>
      [rule, header, state, reason].filter((each) => each !== undefined).join(" "),
    );
  return { at, id: planned.id, protocol: planned.protocol, broken, ...answerOf(observation!) };
}

function answerOf({ response, witness }: Observation): Pick<Sample, "status" | "stamp" | "revision" | "refusal"> {
  return {
    status: response?.status,
    stamp: response === undefined ? undefined : firstValue(response.headers, STAMP_HEADER),
    revision: witness?.revision,
    refusal: response?.body ?? "",
  };
}
