import { UNTOLD, flag, known, many, one, partly, text } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import { Stop, UNKNOWN_VALUE, refuse } from "./types.ts";
import type { Ask, Line, Text } from "./types.ts";

/** What a rule of the policy can look at. */
export interface Seen {
  /** Q21: as sent, as folded and as decoded; nothing says which one a policy looks at. */
  readonly paths: readonly string[];
  readonly lines: readonly Line[];
}

/** Names and values that a rule adds to what it lets pass (V12); `open`: names that one of several rules may add. */
export interface Admission {
  readonly adds: readonly (readonly [name: string, value: string])[];
  readonly open: readonly string[];
}

type Verdict =
  | { readonly kind: "allow"; readonly adds: Admission["adds"] }
  | { readonly kind: "deny"; readonly status: number }
  | { readonly kind: "redirect"; readonly location: string }
  | { readonly kind: "unknown" };

/** Stage 4, P6: rules by priority, the first that matches decides; preview rules are only logged. */
export function admit(policy: Plain, seen: Seen, ask: Ask): Admission {
  const all = seen.paths.flatMap((path) => verdictsOn(policy, { ...seen, paths: [path] }, ask));
  const [verdict, ...others] = [...new Map(all.map((each) => [saying(each), each])).values()];
  const added = all.map((each) => (each.kind === "allow" ? each.adds : undefined));
  if (others.length > 0 && !added.includes(undefined))
    return { adds: [], open: added.flatMap((adds) => (adds ?? []).map(([name]) => name)) };
  if (verdict === undefined || others.length > 0 || verdict.kind === "unknown") {
    ask.doubt("P6", "A15");
    return NOTHING;
  }
  if (verdict.kind === "allow") return { adds: verdict.adds, open: [] };
  if (!ask.on("P6 deny")) return NOTHING;
  if (verdict.kind === "deny") return refuse(["P6", "A15"], verdict.status);
  throw new Stop({ kind: "redirect", status: 302, location: verdict.location });
}

const NOTHING: Admission = { adds: [], open: [] };

function saying(verdict: Verdict): string {
  return JSON.stringify(verdict);
}

/** What the policy may say: one verdict where every rule before it is known to match or not. */
function verdictsOn(policy: Plain, seen: Seen, ask: Ask): Verdict[] {
  const rules = many(policy, "rule").sort((a, b) => Number(a.priority) - Number(b.priority));
  const possible: Verdict[] = [];
  for (const rule of rules) {
    if (ask.on("P6 preview rule") && flag(rule.preview ?? false, "P6")) continue;
    const holds = ruleHolds(one(rule, "match"), seen, ask);
    if (holds === false) continue;
    possible.push(verdictOf(rule, ask));
    if (holds === true) return possible;
  }
  return [...possible, { kind: "unknown" }];
}

/** A rate is a matter of what came before; one request alone conforms. */
function verdictOf(rule: Plain, { on }: Ask): Verdict {
  const action = known(rule.action, "P6");
  const status = /^deny\((\d+)\)$/.exec(action)?.[1];
  if (status !== undefined) return { kind: "deny", status: Number(status) };
  const options = one(rule, "redirect_options");
  if (action === "redirect" && options?.type === "EXTERNAL_302")
    return { kind: "redirect", location: known(options.target, "P6") };
  if (!["allow", "throttle", "rate_based_ban"].includes(action)) return { kind: "unknown" };
  const added = many(one(rule, "header_action") ?? {}, "request_headers_to_adds");
  const adds = added.map((add) => [known(add.header_name, "V12").toLowerCase(), partly(add.header_value)] as const);
  return { kind: "allow", adds: on("V12 armor header") ? adds : [] };
}

type Truth = boolean | "unknown";

function ruleHolds(match: Plain, seen: Seen, ask: Ask): Truth {
  const expression = one(match, "expr")?.expression;
  if (expression !== undefined) return evaluate(expression as string, seen, ask);
  const ranges = many(one(match, "config"), "src_ip_ranges").map((range) => known(range, "P6"));
  return ranges.some((range) => range === "*" || inRange(ask.request.clientAddress, range));
}

/** Brackets at the beginning, whose content calls functions and has no brackets of its own. */
const BRACKETED = /^\(((?:[^()]|\([^()]*\))*)\) && (.*)$/;

/** `a || b`, `a && b`, `(a || b) && c` and the four forms that policies are written in; everything else is unknown. */
function evaluate(expression: string, seen: Seen, ask: Ask): Truth {
  const [, inner, rest] = BRACKETED.exec(expression) ?? [];
  if (inner !== undefined) return every([evaluate(inner, seen, ask), evaluate(rest!, seen, ask)]);
  const or = expression.split("||").map((part) => part.trim());
  const truths = or.map((part) => every(part.split("&&").map((each) => single(each.trim(), seen, ask))));
  return truths.includes(true) ? true : truths.includes("unknown") ? "unknown" : false;
}

function every(truths: readonly Truth[]): Truth {
  return truths.includes(false) ? false : truths.includes("unknown") ? "unknown" : true;
}

function single(term: string, { paths, lines }: Seen, { request }: Ask): Truth {
  const equals = /^request\.path == '([^']*)'$/.exec(term);
  if (equals !== null) return paths[0] === equals[1];
  const starts = /^request\.path\.startsWith\('([^']*)'\)$/.exec(term);
  if (starts !== null) return paths[0]!.startsWith(starts[1]!);
  const ranged = /^inIpRange\(origin\.ip, '([^']*)'\)$/.exec(term);
  if (ranged !== null) return inRange(request.clientAddress, ranged[1]!);
  const header = /^request\.headers\['([^']*)'\](\.lower\(\))? == '(.*)'$/.exec(term);
  if (header === null) return "unknown"; // P6: what a WAF signature says, among others
  const [, wanted, folded, value] = header;
  const values = lines.filter(([name]) => name === wanted!.toLowerCase()).map(([, each]) => each);
  if (values.length === 0) return value === "" ? "unknown" : false;
  const first = values[0]!;
  const seen = folded === undefined ? first : first.toLowerCase();
  return sameText(seen, text(value), values.length);
}

function sameText(sent: string, wanted: Text, count: number): Truth {
  // H13: several lines may be seen as one, or the first of them.
  if (count > 1 || wanted === UNKNOWN_VALUE) return "unknown";
  if (!sent.includes(UNTOLD)) return sent === wanted;
  const [start, end] = [sent.slice(0, sent.indexOf(UNTOLD)), sent.slice(sent.lastIndexOf(UNTOLD) + 1)];
  const mayBe = wanted.startsWith(start) && wanted.endsWith(end) && wanted.length >= start.length + end.length;
  return mayBe ? "unknown" : false;
}

/** IPv4 and IPv6 blocks, bit by bit. */
export function inRange(address: string, range: string): boolean {
  const [base = "", width] = range.split("/");
  const own = bits(address);
  const block = bits(base);
  return own.length === block.length && own.startsWith(block.slice(0, width === undefined ? undefined : Number(width)));
}

function bits(address: string): string {
  const binary = (part: string, radix: number, width: number): string =>
    Number.parseInt(part, radix).toString(2).padStart(width, "0");
  if (!address.includes(":")) {
    return address
      .split(".")
      .map((part) => binary(part, 10, 8))
      .join("");
  }
  const [head = "", tail] = address.split("::");
  const groups = (side: string): string[] => side.split(":").filter((group) => group !== "");
  const front = groups(head);
  const back = tail === undefined ? [] : groups(tail);
  const middle = Array<string>(8 - front.length - back.length).fill("0");
  return [...front, ...middle, ...back].map((group) => binary(group, 16, 16)).join("");
}
