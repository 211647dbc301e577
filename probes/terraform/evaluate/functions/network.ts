import { toInteger } from "../big-float.ts";
import { EvaluationError } from "../evaluation-error.ts";
import { text, texts } from "../evaluated.ts";
import type { Evaluated } from "../evaluated.ts";
import { countArg, deep, numberArg, textArg } from "./function.ts";
import type { FunctionTable } from "./function.ts";

/** A range of addresses. */
interface Range {
  readonly address: bigint;
  /** Bits of an address: 32 or 128. */
  readonly bits: 32 | 128;
  readonly prefix: number;
}

/** Functions of address ranges. */
export const NETWORK: FunctionTable = {
  cidrhost: deep(["string", "number"], ([range, host]) => text(hostIn(parseRange(textArg(range)), wholeArg(host)))),
  cidrnetmask: deep(["string"], ([range]) => text(netmask(parseRange(textArg(range))))),
  cidrsubnet: deep(["string", "number", "number"], ([range, bits, index]) =>
    text(formatRange(subnet(parseRange(textArg(range)), countArg(bits), wholeArg(index)))),
  ),
  cidrsubnets: deep(
    ["string"],
    ([range, ...bits]) =>
      texts(
        subnets(
          parseRange(textArg(range)),
          bits.map((each) => countArg(each)),
        ),
      ),
    "number",
  ),
};

function wholeArg(value: Evaluated | undefined): bigint {
  const whole = toInteger(numberArg(value));
  if (whole === undefined) throw new EvaluationError("a whole number is required");
  return whole;
}

/** The host bits of what is written do not count. */
function parseRange(written: string): Range {
  const [, host = "", length = ""] = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(written) ?? [];
  const parsed = host.includes(":") ? parseIpv6(host) : parseIpv4(host);
  const bits = host.includes(":") ? 128 : 32;
  const prefix = Number(length);
  if (parsed === undefined || length === "" || prefix > bits)
    throw new EvaluationError(`invalid CIDR expression: ${written}`);
  const free = BigInt(bits - prefix);
  return { address: (parsed >> free) << free, bits, prefix };
}

function parseIpv4(written: string): bigint | undefined {
  const parts = written.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIpv6(written: string): bigint | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(written);
  const last = embedded === null ? undefined : parseIpv4(embedded[2]!);
  if (embedded !== null && last === undefined) return undefined;
  const plain =
    last === undefined ? written : `${embedded![1]!}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: tail === undefined ? 0 : missing }, () => "0"), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

function formatAddress(address: bigint, bits: 32 | 128): string {
  const width = bits === 32 ? 8n : 16n;
  const count = bits === 32 ? 4 : 8;
  const groups = Array.from({ length: count }, (_, index) => {
    const shift = width * BigInt(count - 1 - index);
    return (address >> shift) & ((1n << width) - 1n);
  });
  if (bits === 32) return groups.join(".");
  return compressed(groups.map((group) => group.toString(16)));
}

/** RFC 5952: the longest run of zeros, of at least two, is left out. */
function compressed(groups: readonly string[]): string {
  const runs = groups.map((_, start) => {
    const end = groups.findIndex((group, index) => index >= start && group !== "0");
    return { start, length: (end === -1 ? groups.length : end) - start };
  });
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best));
  if (longest.length < 2) return groups.join(":");
  return `${groups.slice(0, longest.start).join(":")}::${groups.slice(longest.start + longest.length).join(":")}`;
}

function formatRange({ address, bits, prefix }: Range): string {
  return `${formatAddress(address, bits)}/${prefix}`;
}

/** A negative number counts from the end. */
function hostIn({ address, bits, prefix }: Range, host: bigint): string {
  const size = 1n << BigInt(bits - prefix);
  if (host >= size || -host > size)
    throw new EvaluationError(`prefix of ${prefix} does not accommodate a host numbered ${host}`);
  return formatAddress(address + (host < 0n ? size + host : host), bits);
}

function netmask({ bits, prefix }: Range): string {
  if (bits === 128) throw new EvaluationError("IPv6 addresses cannot have a netmask");
  return formatAddress(((1n << BigInt(prefix)) - 1n) << BigInt(32 - prefix), 32);
}

function subnet({ address, bits, prefix }: Range, more: number, index: bigint): Range {
  const longer = prefix + more;
  if (more < 0 || longer > bits)
    throw new EvaluationError(`insufficient address space to extend prefix of ${prefix} by ${more}`);
  const count = 1n << BigInt(more);
  if (index >= count || index < 0n)
    throw new EvaluationError(`prefix extension of ${more} does not accommodate a subnet numbered ${index}`);
  return { address: address + (index << BigInt(bits - longer)), bits, prefix: longer };
}

/** Ranges one after another, each at the next place where it fits. */
function subnets(range: Range, extensions: readonly number[]): string[] {
  const { address, bits, prefix } = range;
  const end = address + (1n << BigInt(bits - prefix));
  let next = address;
  return extensions.map((more) => {
    if (more < 1 || prefix + more > bits)
      throw new EvaluationError(`insufficient address space to extend prefix of ${prefix} by ${more}`);
    const size = 1n << BigInt(bits - prefix - more);
    const start = ((next + size - 1n) / size) * size;
    if (start + size > end) throw new EvaluationError("not enough remaining address space for all these subnets");
    next = start + size;
    return formatRange({ address: start, bits, prefix: prefix + more });
  });
}
