import { Resolver } from "node:dns/promises";

/** Addresses that the names of an edge must lead to. */
export interface WantedAddresses {
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** `elsewhere`: another address than the wanted one; `unanswered`: no name server said anything. */
export type DnsState = "ok" | "elsewhere" | "missing" | "unanswered" | "not-asked";

/** Who is asked for names. */
export interface ResolverOptions {
  /** Such as `127.0.0.1:5353`; undefined: the system's. */
  readonly servers?: readonly string[];
  /** Longest time for one answer of one server, in milliseconds; default 5 s. */
  readonly timeoutMs?: number;
}

export interface DnsFound {
  readonly state: DnsState;
  /** What to do about it; undefined for `ok`. */
  readonly detail?: string;
}

type RecordType = "A" | "AAAA";

/** The addresses of one type that a name has, and for how many seconds they are remembered; or why nobody knows. */
type Asked = { readonly addresses: readonly string[]; readonly ttl: number } | { readonly problem: string };

const TIMEOUT_MS = 5000;
const TRIES = 2;
const RANK: readonly DnsState[] = ["unanswered", "elsewhere", "missing"];

/** Where a name leads, held against the addresses that it should lead to. Nothing wanted: any address will do. */
export async function dnsOf(
  host: string,
  wanted: WantedAddresses,
  { servers, timeoutMs = TIMEOUT_MS }: ResolverOptions,
  signal: AbortSignal,
): Promise<DnsFound> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const asked = Promise.all([ask(resolver, host, "A"), ask(resolver, host, "AAAA")]);
    if (signal.aborted) cancel();
    const [ipv4, ipv6] = await asked;
    if (wanted.ipv4 === undefined && wanted.ipv6 === undefined) return anyOf(host, [ipv4, ipv6]);
    return worst([judged(host, "A", ipv4, wanted.ipv4), judged(host, "AAAA", ipv6, wanted.ipv6)]);
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

async function ask(resolver: Resolver, host: string, type: RecordType): Promise<Asked> {
  try {
    const records = await (type === "A"
      ? resolver.resolve4(host, { ttl: true })
      : resolver.resolve6(host, { ttl: true }));
    return {
      addresses: records.map(({ address }) => address),
      ttl: Math.max(0, ...records.map(({ ttl }) => ttl)),
    };
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    // RFC 2308: no such name, or none of this type.
    return code === "ENOTFOUND" || code === "ENODATA" ? { addresses: [], ttl: 0 } : { problem: code || message };
  }
}

function anyOf(host: string, answers: readonly Asked[]): DnsFound {
  if (answers.some((answer) => "addresses" in answer && answer.addresses.length > 0)) return { state: "ok" };
  const open = answers.find((answer) => "problem" in answer);
  if (open !== undefined) return unanswered(host, open.problem);
  return { state: "missing", detail: `${host} has no address: create its A record` };
}

function judged(host: string, type: RecordType, asked: Asked, wanted: string | undefined): DnsFound {
  // What nobody answers of a record that need not be there keeps nobody away.
  if ("problem" in asked) return wanted === undefined ? { state: "ok" } : unanswered(`${host} ${type}`, asked.problem);
  const { addresses, ttl } = asked;
  const found = addresses.join(", ");
  if (wanted === undefined)
    return addresses.length === 0
      ? { state: "ok" }
      : {
          state: "elsewhere",
          detail: `${host} ${type} is ${found}, and the edge has no such address: delete the record`,
        };
  if (addresses.length === 0)
    return { state: "missing", detail: `${host} has no ${type} record: create ${host}. ${type} ${wanted}` };
  if (addresses.every((address) => sameAddress(address, wanted))) return { state: "ok" };
  return {
    state: "elsewhere",
    detail: `${host} ${type} is ${found}: make it ${wanted}, and wait up to ${ttl} s until resolvers have forgotten the other`,
  };
}

function unanswered(what: string, problem: string): DnsFound {
  return { state: "unanswered", detail: `no name server answered for ${what} (${problem})` };
}

/** The state that says most, with everything that is to be done. */
function worst(found: readonly DnsFound[]): DnsFound {
  const details = found.flatMap(({ detail }) => detail ?? []);
  const state = RANK.find((each) => found.some((one) => one.state === each)) ?? "ok";
  return details.length === 0 ? { state } : { state, detail: details.join("; ") };
}

/** An IPv6 address has many forms; a URL knows the one of RFC 5952. */
function sameAddress(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function canonical(address: string): string {
  return address.includes(":") ? new URL(`http://[${address}]`).hostname : address;
}
