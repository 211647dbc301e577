import { folded, mayBe } from "./partial-text.ts";
import type { HostIndex, HostRule, UnreadHost } from "./url-map.ts";

export function indexHosts(rules: readonly HostRule[], unread: readonly UnreadHost[]): HostIndex {
  const exact = new Map<string, HostRule>();
  const wildcard = new Map<string, HostRule>();
  const repeated = new Map<string, HostRule[]>();
  for (const rule of rules) {
    const [map, key] = rule.host.startsWith("*") ? [wildcard, rule.host.slice(1)] : [exact, rule.host];
    if (!map.has(key)) map.set(key, rule);
    else repeated.set(rule.host, [...(repeated.get(rule.host) ?? []), rule]);
  }
  return { exact, wildcard, repeated, unread };
}

/** Rules that may name the host more exactly than the one that is found: a host stands in one rule only (fact U11). */
export function unreadFor({ unread }: HostIndex, host: string, found: HostRule | undefined): readonly UnreadHost[] {
  const name = host.toLowerCase();
  if (found?.host === name) return [];
  return unread.filter(({ text }) => {
    const lower = folded(text);
    // Where it begins may be a star, which stands for any beginning.
    return /^($|\*)/.test(lower.starts) ? name.endsWith(lower.ends) : mayBe(lower, name);
  });
}

/** Whether a rule names the host; one for every host names none. */
export function namesHost(index: HostIndex, host: string): boolean {
  const rule = hostRuleFor(index, host.replace(/:\d*$/, "")) ?? hostRuleFor(index, host);
  return rule !== undefined && rule.host !== "*";
}

/** Exact host first, then the longest wildcard; `*` stands for `[a-z0-9-.]*` at the start only (fact U11). */
export function hostRuleFor(
  { exact, wildcard }: Pick<HostIndex, "exact" | "wildcard">,
  host: string,
): HostRule | undefined {
  const name = host.toLowerCase();
  const own = exact.get(name);
  if (own !== undefined) return own;
  for (let at = 0; at < name.length; at += 1) {
    const char = name[at]!;
    if (char === "." || char === "-") {
      const found = wildcard.get(name.slice(at));
      if (found !== undefined) return found;
    }
    // What the star stands for has no other characters.
    if (!/[a-z0-9.-]/.test(char)) return undefined;
  }
  return wildcard.get("");
}
