import { EvaluationError } from "../evaluation-error.ts";
import { number, text } from "../evaluated.ts";
import { fromNumber } from "../big-float.ts";
import { deep, textArg } from "./function.ts";
import type { FunctionTable } from "./function.ts";

/** A moment, with the wall clock that it was written by. */
interface Moment {
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint;
  /** Minutes that the wall clock is ahead of UTC. */
  readonly offset: number;
  readonly isUtc: boolean;
}

/** Functions of times; all that they know of time stands in their arguments. */
export const DATE: FunctionTable = {
  formatdate: deep(["string", "string"], ([format, time]) =>
    text(formatDate(textArg(format), parseTime(textArg(time)))),
  ),
  timeadd: deep(["string", "string"], ([time, duration]) => {
    const moment = parseTime(textArg(time));
    return text(rfc3339({ ...moment, nanoseconds: moment.nanoseconds + parseDuration(textArg(duration)) }));
  }),
  timecmp: deep(["string", "string"], ([left, right]) => {
    const difference = parseTime(textArg(left)).nanoseconds - parseTime(textArg(right)).nanoseconds;
    return number(fromNumber(difference < 0n ? -1 : difference > 0n ? 1 : 0));
  }),
};

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:(Z)|([+-])(\d\d):(\d\d))$/;

function parseTime(written: string): Moment {
  const found = RFC_3339.exec(written);
  const [year, month, day, hour, minute, second] = (found ?? []).slice(1, 7).map(Number);
  const milliseconds = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  const isReal =
    found !== null && new Date(milliseconds).toISOString().startsWith(written.slice(0, 19)) && (hour ?? 24) < 24;
  if (!isReal) throw new EvaluationError(`${JSON.stringify(written)} is no time as RFC 3339 writes it`);
  const [fraction = "", utc, sign, hours, minutes] = found.slice(7);
  const offset = (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
  const nanoseconds = (BigInt(milliseconds) - BigInt(offset) * 60_000n) * 1_000_000n;
  return { nanoseconds: nanoseconds + BigInt(fraction.padEnd(9, "0")), offset, isUtc: utc !== undefined };
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

function parseDuration(written: string): bigint {
  const [, sign, parts = ""] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(written) ?? [];
  if (sign === undefined || written.length > 100)
    throw new EvaluationError(`${JSON.stringify(written)} is no duration`);
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = "s"] of parts.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const size = UNITS[unit]!;
    total += BigInt(whole === "" ? 0 : whole) * size + (BigInt(`0${fraction}`) * size) / 10n ** BigInt(fraction.length);
  }
  return sign === "-" ? -total : total;
}

/** The wall clock of a moment, as a date whose UTC fields are read. */
function wallClock({ nanoseconds, offset }: Moment): Date {
  const milliseconds = nanoseconds / 1_000_000n - (nanoseconds % 1_000_000n < 0n ? 1n : 0n);
  return new Date(Number(milliseconds) + offset * 60_000);
}

function rfc3339(moment: Moment): string {
  const fraction = ((moment.nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const digits = fraction.toString().padStart(9, "0").replace(/0+$/, "");
  const zone = moment.isUtc ? "Z" : zoneOf(moment, ":");
  return `${wallClock(moment).toISOString().slice(0, 19)}${digits === "" ? "" : `.${digits}`}${zone}`;
}

function zoneOf({ offset }: Moment, separator: string): string {
  const minutes = Math.abs(offset);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
}

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

type Verb = (clock: Date, moment: Moment) => string;

const two =
  (read: (clock: Date) => number): Verb =>
  (clock) =>
    String(read(clock)).padStart(2, "0");
const plain =
  (read: (clock: Date) => number): Verb =>
  (clock) =>
    String(read(clock));
const hour12 = (clock: Date): number => clock.getUTCHours() % 12 || 12;
const half = (clock: Date): string => (clock.getUTCHours() < 12 ? "AM" : "PM");

const VERBS: Readonly<Record<string, Verb>> = {
  YYYY: (clock) => String(clock.getUTCFullYear()).padStart(4, "0"),
  YY: two((clock) => clock.getUTCFullYear() % 100),
  MMMM: (clock) => MONTHS[clock.getUTCMonth()]!,
  MMM: (clock) => MONTHS[clock.getUTCMonth()]!.slice(0, 3),
  MM: two((clock) => clock.getUTCMonth() + 1),
  M: plain((clock) => clock.getUTCMonth() + 1),
  DD: two((clock) => clock.getUTCDate()),
  D: plain((clock) => clock.getUTCDate()),
  EEEE: (clock) => DAYS[clock.getUTCDay()]!,
  EEE: (clock) => DAYS[clock.getUTCDay()]!.slice(0, 3),
  hh: two((clock) => clock.getUTCHours()),
  h: plain((clock) => clock.getUTCHours()),
  HH: two(hour12),
  H: plain(hour12),
  AA: half,
  aa: (clock) => half(clock).toLowerCase(),
  mm: two((clock) => clock.getUTCMinutes()),
  m: plain((clock) => clock.getUTCMinutes()),
  ss: two((clock) => clock.getUTCSeconds()),
  s: plain((clock) => clock.getUTCSeconds()),
  ZZZZZ: (_, moment) => zoneOf(moment, ":"),
  ZZZZ: (_, moment) => zoneOf(moment, ""),
  ZZZ: (_, moment) => (moment.isUtc || moment.offset === 0 ? "UTC" : zoneOf(moment, "")),
  Z: (_, moment) => (moment.isUtc || moment.offset === 0 ? "Z" : zoneOf(moment, ":")),
};

/** Letters are verbs, repeated as they are; text stands between single quotes, and two of them stand for one. */
function formatDate(format: string, moment: Moment): string {
  const clock = wallClock(moment);
  return format.replace(/'((?:[^']|'')*)'|'|([A-Za-z])\2*/g, (all, quoted?: string) => {
    if (quoted !== undefined) return quoted.replaceAll("''", "'");
    if (all === "'") throw new EvaluationError("unterminated literal '");
    const verb = Object.hasOwn(VERBS, all) ? VERBS[all] : undefined;
    if (verb === undefined) throw new EvaluationError(`invalid date format verb ${JSON.stringify(all)}`);
    return verb(clock, moment);
  });
}
