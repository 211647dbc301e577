import type { HeaderLine } from "../../http/header-list.ts";
import type { TriedHeader } from "../facts/case.ts";

/** What a client writes under each hop-by-hop name, with the part that is this request's own in it (fact H5). */
const HOP_BY_HOP_VALUES: Readonly<Record<string, (canary: string) => string>> = {
  TE: (canary) => `${canary};q=0.5`,
  "Keep-Alive": (canary) => `timeout=5, note=${canary}`,
  "Proxy-Authorization": (canary) => `Bearer ${canary}`,
  Trailer: (canary) => `X-${canary}`,
};

/** `Connection`, `Upgrade` and `Transfer-Encoding` are not here: they steer this very request. */
export const HOP_BY_HOP_NAMES: readonly string[] = Object.keys(HOP_BY_HOP_VALUES);

/** Names by which IAP tells a service who the user is (fact P4). */
export const IAP_IDENTITY_NAMES: readonly string[] = [
  "X-Goog-Authenticated-User-Email",
  "X-Goog-Authenticated-User-Id",
  "X-Goog-IAP-JWT-Assertion",
];

/** Lines with a fresh canary each. An identity header comes in capitals: a removal must not depend on the case. */
export function triedLines(
  { hopByHop, identity }: { readonly hopByHop: readonly string[]; readonly identity: readonly string[] },
  draw: () => string,
): { readonly lines: readonly HeaderLine[]; readonly tried: readonly TriedHeader[] } {
  const tried = [
    ...hopByHop.map((name): TriedHeader => ({ name, role: "hop-by-hop", canary: draw() })),
    ...identity.map((name): TriedHeader => ({ name: name.toUpperCase(), role: "identity", canary: draw() })),
  ];
  return {
    tried,
    lines: tried.map(({ name, canary }) => [name, HOP_BY_HOP_VALUES[name]?.(canary) ?? canary] as const),
  };
}

/**
 * The declared list of subprotocols with another number of entries, on one line or on two (RFC 6455 §11.3.4). The entry
 * that the service must select is always among them; entries beyond the declared ones are canaries.
 */
export function offeredLines(
  declared: readonly string[],
  answer: string | undefined,
  { entries, lines, draw }: { readonly entries: number; readonly lines: 1 | 2; readonly draw: () => string },
): string[] {
  const first = answer ?? declared[0];
  const ordered = first === undefined ? declared : [first, ...declared.filter((entry) => entry !== first)];
  const list = Array.from({ length: entries }, (_, index) => ordered[index] ?? draw());
  return lines === 1 ? [list.join(", ")] : [list[0]!, list.slice(1).join(", ")];
}
