import { createHash } from "node:crypto";
import type { LogEntry } from "./cloud.ts";

/** A change of one resource that Terraform asks for. */
export type Change = Pick<LogEntry, "operation" | "type" | "name">;

/** Whether a failed change took effect all the same: `after`, and its answer was lost on the way. */
export type Fault = "before" | "after";

/** What a cloud far away does to changes; the same under one seed, whatever Terraform does in parallel. */
export interface Chaos {
  /** How long the change takes, in milliseconds. */
  readonly delayMsOf: (change: Change) => number;
  /** How the change fails, by what was asked before; undefined: it does not. */
  readonly faultOf: (change: Change, log: readonly LogEntry[]) => Fault | undefined;
}

/** The way the API words it. */
export const UNAVAILABLE =
  "googleapi: Error 503: The service is currently unavailable. Please try again later., backendError";

interface Rule extends Pick<Change, "operation" | "type"> {
  readonly nth: number;
  readonly fault: Fault | undefined;
}

/**
 * Reads `HEADGATE_STAND_IN_SEED` (a number, default 1), `HEADGATE_STAND_IN_DELAY_MS` (`300`, or `100..800` for a length
 * drawn for each change) and `HEADGATE_STAND_IN_FAIL`: parted by commas, a probability (`0.05`) or the n-th change of a
 * kind (`update google_compute_url_map#1`), with `before` or `after` before it where it matters whether it took effect.
 * @throws Error for what is none of these.
 */
export function chaosFrom(env: Readonly<Record<string, string | undefined>>): Chaos {
  const seed = env["HEADGATE_STAND_IN_SEED"] ?? "1";
  const [shortest, longest] = rangeOf(env["HEADGATE_STAND_IN_DELAY_MS"] ?? "0");
  const wishes = (env["HEADGATE_STAND_IN_FAIL"] ?? "").split(",").map((each) => each.trim());
  const written = wishes.filter((each) => each !== "");
  const isProbability = (text: string): boolean => /^[01](\.\d+)?$/.test(text);
  const probability = Math.max(0, ...written.filter(isProbability).map(Number));
  const rules = written.filter((each) => !isProbability(each)).map(ruleOf);
  return {
    delayMsOf: ({ operation, type, name }) =>
      Math.round(shortest + draw(seed, "delay", operation, type, name) * (longest - shortest)),
    faultOf: ({ operation, type, name }, log) => {
      const alike = log.filter((each) => each.operation === operation && each.type === type);
      const rule = rules.find(
        (each) => each.operation === operation && each.type === type && each.nth === alike.length + 1,
      );
      const again = String(alike.filter((each) => each.name === name).length);
      const isHit = rule !== undefined || draw(seed, "fault", operation, type, name, again) < probability;
      const drawn = draw(seed, "effect", operation, type, name, again) < 0.5 ? "before" : "after";
      return isHit ? (rule?.fault ?? drawn) : undefined;
    },
  };
}

function rangeOf(text: string): [number, number] {
  const [, from, to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  if (from === undefined || Number(to) < Number(from))
    throw new Error(`HEADGATE_STAND_IN_DELAY_MS is ${JSON.stringify(text)}; write milliseconds: 300, or 100..800`);
  return [Number(from), Number(to)];
}

function ruleOf(text: string): Rule {
  const [, fault, operation, type, nth] =
    /^(?:(before|after) )?(create|update|delete) (google_\w+)#([1-9]\d*)$/.exec(text) ?? [];
  if (operation === undefined)
    throw new Error(
      `HEADGATE_STAND_IN_FAIL holds ${JSON.stringify(text)}; write a probability (0.05) or the n-th change of a kind: after update google_compute_url_map#1`,
    );
  return {
    operation: operation as Change["operation"],
    type: type!,
    nth: Number(nth),
    fault: fault as Fault | undefined,
  };
}

/** A number from 0 up to 1 that these words and the seed decide. */
const draw = (...words: readonly string[]): number =>
  createHash("sha256").update(words.join("\n")).digest().readUInt32BE(0) / 2 ** 32;
