/**
 * A number of Terraform: a binary floating-point number with a precision of its own, as Go's `big.Float`. Its value is
 * `mantissa × 2^exponent`, the mantissa odd or 0.
 */
export interface BigFloat {
  readonly isNegative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
  /** Bits; the result of an operation has the larger one of its operands. */
  readonly precision: number;
}

/** Precision of a number that is written somewhere. */
const WRITTEN = 512;
/** Precision of what a function computes as a machine number. */
const MACHINE = 53;
/** Precision of a count or an index. */
const COUNTED = 64;
/** Largest decimal exponent that is computed; a larger one would only cost time. */
const MAX_EXPONENT = 4096;
const WRITTEN_NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** A number from its text, or undefined for what is none, or is beyond all that is computed. */
export function parseBigFloat(text: string): BigFloat | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] = WRITTEN_NUMBER.exec(text) ?? [];
  if (sign === undefined || (whole === "" && fraction === "")) return undefined;
  const scale = Number(exponent) - fraction.length;
  if (Math.abs(scale) > MAX_EXPONENT || whole.length + fraction.length > MAX_EXPONENT) return undefined;
  const digits = BigInt(whole + fraction);
  const isNegative = sign === "-";
  return scale >= 0
    ? rounded(isNegative, digits * 10n ** BigInt(scale), 0, WRITTEN)
    : quotient(isNegative, digits, 10n ** BigInt(-scale), WRITTEN);
}

/** A machine number, exactly. */
export function fromNumber(value: number, precision = MACHINE): BigFloat {
  let exponent = 0;
  let mantissa = Math.abs(value);
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent -= 1;
  }
  return rounded(value < 0 || Object.is(value, -0), BigInt(mantissa), exponent, precision);
}

/** A whole number that counts something. */
export function fromCount(value: number): BigFloat {
  return fromNumber(value, COUNTED);
}

/** A whole number of any size. */
export function fromInteger(value: bigint): BigFloat {
  return rounded(value < 0n, value < 0n ? -value : value, 0, WRITTEN);
}

/** The nearest machine number. */
export function toNumber(value: BigFloat): number {
  return Number(formatBigFloat(value));
}

/** The whole number that it is, or undefined. */
export function toInteger(value: BigFloat): bigint | undefined {
  return value.exponent < 0 && value.mantissa !== 0n ? undefined : wholePart(value);
}

/** The whole number towards zero. */
export function wholePart({ isNegative, mantissa, exponent }: BigFloat): bigint {
  const whole = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent);
  return isNegative ? -whole : whole;
}

export function negate(value: BigFloat): BigFloat {
  return { ...value, isNegative: !value.isNegative };
}

export function add(left: BigFloat, right: BigFloat): BigFloat {
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = aligned(left, exponent) + aligned(right, exponent);
  const isNegative = sum === 0n ? left.isNegative && right.isNegative : sum < 0n;
  return rounded(isNegative, sum < 0n ? -sum : sum, exponent, Math.max(left.precision, right.precision));
}

export function subtract(left: BigFloat, right: BigFloat): BigFloat {
  return add(left, negate(right));
}

export function multiply(left: BigFloat, right: BigFloat): BigFloat {
  const precision = Math.max(left.precision, right.precision);
  const isNegative = left.isNegative !== right.isNegative;
  return rounded(isNegative, left.mantissa * right.mantissa, left.exponent + right.exponent, precision);
}

/** The divisor is not 0. */
export function divide(left: BigFloat, right: BigFloat): BigFloat {
  const shift = left.exponent - right.exponent;
  const over = shift >= 0 ? left.mantissa << BigInt(shift) : left.mantissa;
  const under = shift >= 0 ? right.mantissa : right.mantissa << BigInt(-shift);
  return quotient(left.isNegative !== right.isNegative, over, under, Math.max(left.precision, right.precision));
}

/** What remains after a division towards zero, with the precision of what is divided. The divisor is not 0. */
export function modulo(left: BigFloat, right: BigFloat): BigFloat {
  const whole = fromInteger(wholePart(divide(left, right)));
  const part = withPrecision(multiply(right, whole), left.precision);
  return withPrecision(subtract(left, part), left.precision);
}

/** Rounded to this many bits. */
export function withPrecision({ isNegative, mantissa, exponent }: BigFloat, precision: number): BigFloat {
  return rounded(isNegative, mantissa, exponent, precision);
}

/** Less than 0, 0, or more than 0; 0 and -0 are equal. */
export function compare(left: BigFloat, right: BigFloat): number {
  const exponent = Math.min(left.exponent, right.exponent);
  const difference = aligned(left, exponent) - aligned(right, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The shortest decimal digits that name this number at its precision, never with an exponent. */
export function formatBigFloat(value: BigFloat): string {
  const { isNegative, mantissa, exponent, precision } = value;
  const sign = isNegative ? "-" : "";
  if (exponent >= 0 && bits(mantissa) + exponent <= precision)
    return `${sign}${(mantissa << BigInt(exponent)).toString()}`;
  const { digits, point } = shortest(value);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return `${sign}${digits.padEnd(point, "0")}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

interface Decimal {
  /** Without zeros at either end. */
  readonly digits: string;
  /** Where the decimal point stands, counted from before the first digit. */
  readonly point: number;
}

/** As `big.Float.Text('f', -1)` does it, digit for digit. */
function shortest({ mantissa, exponent, precision }: BigFloat): Decimal {
  const shift = precision + 1 - bits(mantissa);
  const half = mantissa << BigInt(shift);
  const exact = decimal(mantissa, exponent);
  const lower = decimal(half - 1n, exponent - shift);
  const upper = decimal(half + 1n, exponent - shift);
  const isInclusive = (half & 2n) === 0n;
  for (let index = 0; index < exact.digits.length; index += 1) {
    const digit = exact.digits.charCodeAt(index);
    const low = digitAt(lower, index);
    const high = digitAt(upper, index);
    const canRoundDown = low !== digit || (isInclusive && index + 1 === lower.digits.length);
    const canRoundUp = digit !== high && (isInclusive || digit + 1 < high || index + 1 < upper.digits.length);
    if (canRoundDown && canRoundUp) return cut(exact, index + 1, isUpperHalf(exact.digits, index + 1));
    if (canRoundDown || canRoundUp) return cut(exact, index + 1, canRoundUp);
  }
  return exact;
}

function digitAt({ digits }: Decimal, index: number): number {
  return index < digits.length ? digits.charCodeAt(index) : 48;
}

function isUpperHalf(digits: string, kept: number): boolean {
  const rest = digits.slice(kept);
  if (rest === "5") return Number(digits[kept - 1]) % 2 === 1;
  return rest >= "5";
}

function cut({ digits, point }: Decimal, kept: number, isUp: boolean): Decimal {
  const head = BigInt(digits.slice(0, kept)) + (isUp ? 1n : 0n);
  const text = head.toString();
  return { digits: text.replace(/0+$/, ""), point: point + text.length - kept };
}

function decimal(mantissa: bigint, exponent: number): Decimal {
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = scaled.toString();
  return { digits: text.replace(/0+$/, ""), point: text.length + Math.min(exponent, 0) };
}

function aligned({ isNegative, mantissa, exponent }: BigFloat, to: number): bigint {
  const shifted = mantissa << BigInt(exponent - to);
  return isNegative ? -shifted : shifted;
}

function quotient(isNegative: boolean, over: bigint, under: bigint, precision: number): BigFloat {
  const shift = Math.max(0, precision + 2 + bits(under) - bits(over));
  const whole = (over << BigInt(shift)) / under;
  // A remainder counts only as more than nothing: one more bit says so.
  const rest = (over << BigInt(shift)) % under === 0n ? 0n : 1n;
  return rounded(isNegative, (whole << 1n) | rest, -shift - 1, precision);
}

/** To the nearest, halves to even. */
function rounded(isNegative: boolean, mantissa: bigint, exponent: number, precision: number): BigFloat {
  if (mantissa === 0n) return { isNegative, mantissa, exponent: 0, precision };
  const excess = bits(mantissa) - precision;
  let kept = mantissa;
  let power = exponent;
  if (excess > 0) {
    const half = 1n << BigInt(excess - 1);
    const rest = mantissa & ((1n << BigInt(excess)) - 1n);
    kept >>= BigInt(excess);
    power += excess;
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  }
  const zeros = trailingZeros(kept);
  return { isNegative, mantissa: kept >> BigInt(zeros), exponent: power + zeros, precision };
}

function bits(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}

function trailingZeros(value: bigint): number {
  let count = 0;
  let rest = value;
  while ((rest & 0xffffn) === 0n) {
    rest >>= 16n;
    count += 16;
  }
  while ((rest & 1n) === 0n) {
    rest >>= 1n;
    count += 1;
  }
  return count;
}
