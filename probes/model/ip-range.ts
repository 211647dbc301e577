/** An IP address as a number of so many bits. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

interface Range extends Address {
  readonly prefix: number;
}

/** Whether an address lies in a CIDR range, of the same family; undefined where either cannot be read. */
export function isInRange(address: string, range: string): boolean | undefined {
  const own = parseAddress(address);
  const block = parseRange(range);
  if (own === undefined || block === undefined) return undefined;
  if (own.bits !== block.bits) return false;
  const shift = BigInt(block.bits - block.prefix);
  return own.value >> shift === block.value >> shift;
}

/** The first address of a range that a host can have; undefined where the range cannot be read. */
export function firstHost(range: string): string | undefined {
  const block = parseRange(range);
  if (block === undefined) return undefined;
  const size = BigInt(block.bits - block.prefix);
  const network = (block.value >> size) << size;
  // A network of one or two addresses has no address of its own to leave out (RFC 3021).
  const value = size > 1n ? network + 1n : network;
  return block.bits === 32 ? writeIpv4(value) : writeIpv6(value);
}

function parseRange(text: string): Range | undefined {
  const [address = "", prefix, ...more] = text.split("/");
  const parsed = parseAddress(address);
  if (parsed === undefined || more.length > 0) return undefined;
  if (prefix === undefined) return { ...parsed, prefix: parsed.bits };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > parsed.bits) return undefined;
  return { ...parsed, prefix: Number(prefix) };
}

function parseAddress(text: string): Address | undefined {
  // What a dual-stack socket calls an IPv4 client.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  return parseIpv4(mapped ?? text) ?? parseIpv6(text);
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return { bits: 32, value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n) };
}

/** Hexadecimal groups, `::` once for those that are zero (RFC 4291 §2.2). */
function parseIpv6(text: string): Address | undefined {
  const halves = text.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const [head = [], tail = []] = halves;
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n) };
}

function writeIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
}

function writeIpv6(value: bigint): string {
  const shifts = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n];
  return shifts.map((shift) => ((value >> shift) & 0xffffn).toString(16)).join(":");
}
