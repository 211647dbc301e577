import { formatBigFloat, fromNumber, toInteger, toNumber } from "../big-float.ts";
import type { BigFloat } from "../big-float.ts";
import { convert } from "../convert.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { isCollection, list, unknownAt, unknownIn } from "../evaluated.ts";
import type { Evaluated, UnknownEvaluated } from "../evaluated.ts";
import type { Scope } from "../scope.ts";
import { joined, partsOf } from "../template.ts";
import { own, textArg } from "./function.ts";
import type { FunctionTable } from "./function.ts";
import { encodeJson } from "./json.ts";
import { characters } from "./string.ts";

/** Widest field that is filled. */
const MAX_WIDTH = 4096;

/** Functions that fill a format with values. */
export const FORMAT: FunctionTable = {
  format: own(["string"], ([pattern, ...values], scope) => formatted(pattern!, values, scope), "any"),
  formatlist: own(["string"], ([pattern, ...values], scope) => formatLists(pattern!, values, scope), "any"),
};

interface Verb {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly letter: string;
}

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d*))?(?:\[(\d+)\])?([^])?/gu;

function formatted(pattern: Evaluated, values: readonly Evaluated[], scope: Scope): Evaluated {
  if (pattern.kind === "null") throw new EvaluationError("the format must not be null");
  const open = unknownAt(pattern);
  if (open !== undefined) return { ...open, type: "string", origin: undefined };
  return joined(partsOfFormat(textArg(pattern), values), scope);
}

type Part = string | UnknownEvaluated;

function partsOfFormat(pattern: string, values: readonly Evaluated[]): Part[] {
  const parts: Part[] = [];
  let last = 0;
  let next = 0;
  let most = 0;
  for (const found of pattern.matchAll(VERB)) {
    parts.push(pattern.slice(last, found.index));
    last = found.index + found[0].length;
    const [written, flags = "", width, precision, chosen, letter] = found;
    if (letter === "%") {
      parts.push("%");
      continue;
    }
    if (letter === undefined || !/[vsqdboxXtfeEgG]/.test(letter))
      throw new EvaluationError(`unrecognized format ${JSON.stringify(written)} at offset ${found.index}`);
    const index = chosen === undefined ? next : Number(chosen) - 1;
    next = index + 1;
    most = Math.max(most, next);
    const value = values[index];
    if (value === undefined)
      throw new EvaluationError(`not enough arguments for ${JSON.stringify(written)} at ${found.index}`);
    const verb = {
      flags,
      width: count(width),
      precision: precision === undefined ? undefined : (count(precision) ?? 0),
      letter,
    };
    parts.push(...fill(verb, value));
  }
  if (most < values.length) throw new EvaluationError(`too many arguments; only ${most} used by format string`);
  return [...parts, pattern.slice(last)];
}

function count(written: string | undefined): number | undefined {
  if (written === undefined || written === "") return undefined;
  if (Number(written) > MAX_WIDTH) throw new EvaluationError(`a width beyond ${MAX_WIDTH} is not filled`);
  return Number(written);
}

/** A text that is not known stands where it is filled in as it is; a number that is not known has no digits to fill. */
function fill(verb: Verb, value: Evaluated): readonly Part[] {
  const isPlain = verb.width === undefined && verb.precision === undefined;
  if ((value.kind === "template" || value.kind === "unknown") && /[sv]/.test(verb.letter) && isPlain)
    return partsOf(value);
  const open = unknownIn(value);
  if (open !== undefined) return [{ ...open, type: "string", origin: undefined }];
  return [written(verb, value)];
}

function written(verb: Verb, value: Evaluated): string {
  const { letter } = verb;
  if (letter === "v") return general(verb, value);
  if (value.kind === "null")
    throw new EvaluationError(`unsupported value for "%${letter}": null value cannot be formatted`);
  if (letter === "s" || letter === "q") return textual(verb, textArg(convertFor(verb, value, "string")));
  if (letter === "t") {
    const converted = convertFor(verb, value, "bool");
    return padded(verb, String(converted.kind === "bool" && converted.value));
  }
  const converted = convertFor(verb, value, "number");
  if (converted.kind !== "number") throw new EvaluationError(`a number is required for "%${letter}"`);
  if (/[dboxX]/.test(letter)) {
    const whole = toInteger(converted.value);
    if (whole === undefined) throw new EvaluationError(`unsupported value for "%${letter}": an integer is required`);
    return integer(verb, whole);
  }
  if (/[gG]/.test(letter) && verb.precision === undefined) return signed(verb, shortest(verb, converted.value));
  return signed(verb, floating(verb, toNumber(converted.value)));
}

function convertFor({ letter }: Verb, value: Evaluated, type: "string" | "number" | "bool"): Evaluated {
  try {
    return convert(value, type);
  } catch {
    throw new EvaluationError(`unsupported value for "%${letter}": ${type} required`);
  }
}

/** `%v`: a text as it is, a number in its shortest form, all else as JSON; `%#v`: everything as JSON. */
function general(verb: Verb, value: Evaluated): string {
  if (verb.flags.includes("#")) return padded(verb, encodeJson(value));
  if (value.kind === "string") return textual({ ...verb, letter: "s" }, value.value);
  // Terraform writes no sign here, whatever the flags.
  if (value.kind === "number")
    return signed({ ...verb, flags: verb.flags.replace(/[+ ]/g, "") }, shortest(verb, value.value));
  if (value.kind === "null") return padded(verb, "null");
  return padded(verb, encodeJson(value));
}

function textual(verb: Verb, value: string): string {
  const all = characters(value);
  const kept = verb.precision === undefined ? value : all.slice(0, verb.precision).join("");
  return padded(verb, verb.letter === "q" ? encodeJson({ kind: "string", value: kept }) : kept);
}

function integer(verb: Verb, whole: bigint): string {
  const base = { d: 10, b: 2, o: 8, x: 16, X: 16 }[verb.letter] ?? 10;
  const digits = (whole < 0n ? -whole : whole).toString(base);
  const prefix = verb.flags.includes("#") ? ({ o: "0", x: "0x", X: "0X", b: "0b" }[verb.letter] ?? "") : "";
  const cased = verb.letter === "X" ? digits.toUpperCase() : digits;
  return signed(verb, `${whole < 0n ? "-" : ""}${prefix}${cased.padStart(verb.precision ?? 0, "0")}`);
}

function floating({ letter, precision }: Verb, value: number): string {
  if (letter === "f") return fixed(value, precision ?? 6);
  if (letter === "e" || letter === "E") return exponential(value.toExponential(precision ?? 6), letter === "E");
  const asked = Math.max(precision ?? 6, 1);
  const kept = Number(value.toPrecision(asked));
  const scale = kept === 0 ? 0 : Number(kept.toExponential().split("e")[1]);
  const digits = kept.toExponential().replace(/e.*|\D/g, "").length;
  // Go's %g: an exponent below -4, or beyond the digits that are asked for, is written as one.
  const limit = asked > digits && digits > scale ? digits : asked;
  return scale < -4 || scale >= limit ? exponential(kept.toExponential(), letter === "G") : decimal(kept);
}

/** Go's %g without a precision: the fewest digits that name the number, with an exponent below -4 and from 6 on. */
function shortest({ letter }: Verb, value: BigFloat): string {
  const plain = formatBigFloat(value);
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(plain) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const scale = whole === "0" ? digits.length - fraction.length - 1 : whole.length - 1;
  if (digits === "" || (scale >= -4 && scale < 6)) return plain;
  const significant = digits.replace(/0+$/, "");
  const head = significant.length > 1 ? `${significant[0]}.${significant.slice(1)}` : significant;
  return exponential(`${sign}${head}e${scale < 0 ? "-" : "+"}${Math.abs(scale)}`, letter === "G");
}

/** Exactly, halves to even. */
function fixed(value: number, places: number): string {
  const { isNegative, mantissa, exponent } = fromNumber(value);
  const scaled = mantissa * 10n ** BigInt(places);
  const under = exponent < 0 ? 1n << BigInt(-exponent) : 1n;
  const over = exponent < 0 ? scaled : scaled << BigInt(exponent);
  const rest = (over % under) * 2n;
  const whole = over / under;
  const isUp = rest > under || (rest === under && whole % 2n === 1n);
  const digits = (isUp ? whole + 1n : whole).toString().padStart(places + 1, "0");
  const point = digits.length - places;
  return `${isNegative ? "-" : ""}${digits.slice(0, point)}${places === 0 ? "" : `.${digits.slice(point)}`}`;
}

function decimal(value: number): string {
  const text = String(value);
  return /e/.test(text) ? value.toFixed(Math.min(20, Number(text.split("e-")[1] ?? 0) + 16)).replace(/0+$/, "") : text;
}

/** Go writes at least two digits of an exponent. */
function exponential(value: string, isUpper: boolean): string {
  const padded = value.replace(/e([+-])(\d)$/, "e$10$2");
  return isUpper ? padded.toUpperCase() : padded;
}

function signed(verb: Verb, value: string): string {
  if (value.startsWith("-")) return padded(verb, value);
  if (verb.flags.includes("+")) return padded(verb, `+${value}`);
  return padded(verb, verb.flags.includes(" ") ? ` ${value}` : value);
}

function padded({ flags, width = 0 }: Verb, value: string): string {
  const missing = width - characters(value).length;
  if (missing <= 0) return value;
  if (flags.includes("-")) return value + " ".repeat(missing);
  if (!flags.includes("0")) return " ".repeat(missing) + value;
  const [, sign = "", rest = ""] = /^([+\- ]?)([^]*)$/.exec(value) ?? [];
  return sign + "0".repeat(missing) + rest;
}

/** The format for the items of all lists in step; what is no list stands for itself each time. */
function formatLists(pattern: Evaluated, values: readonly Evaluated[], scope: Scope): Evaluated {
  const open = values.map((value) => (value.kind === "template" ? undefined : unknownAt(value))).find(Boolean);
  if (open !== undefined) return { ...open, type: "any", origin: undefined };
  const lengths = values.flatMap((value) => (isCollection(value) ? [value.items.length] : []));
  const [length = 1] = lengths;
  if (lengths.some((each) => each !== length)) throw new EvaluationError("all lists must be of one length");
  scope.run.budget.items(length);
  const row = (index: number): Evaluated[] =>
    values.map((value) => (isCollection(value) ? value.items[index]! : value));
  return list(
    Array.from({ length }, (_, index) => formatted(pattern, row(index), scope)),
    "string",
  );
}
