import type { Unknown } from "../facts/provenance.ts";
import { asBoolean, asStrings, attribute, knownText } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { Findings } from "./findings.ts";
import { wholeExpression } from "./re2.ts";
import type { Cors } from "./url-map.ts";

/** A `cors_policy` (fact U23); undefined where it is switched off. */
export function buildCors(block: Value, { problems }: Findings): Cors | undefined {
  const unread = unheardOf(block, "corsPolicy", { problems });
  const written = attribute(block, "disabled");
  const disabled = written === undefined ? undefined : asBoolean(written);
  if (disabled?.kind === "known" && disabled.value) return undefined;
  const mayBeOff = disabled?.kind === "unknown" ? [disabled] : [];
  unread.push(...mayBeOff);
  const list = (name: string): string[] => texts(block, name, unread);
  const joined = (header: string, name: string): (readonly [string, string])[] => {
    const values = list(name);
    return values.length === 0 ? [] : [[header, values.join(",")]];
  };
  const age = knownText(attribute(block, "max_age"));
  const credentials = knownText(attribute(block, "allow_credentials"));
  return {
    origins: list("allow_origins"),
    originPatterns: patterns(block, unread),
    headers: [
      ...joined("access-control-allow-methods", "allow_methods"),
      ...joined("access-control-allow-headers", "allow_headers"),
      ...joined("access-control-expose-headers", "expose_headers"),
      ...(age === undefined ? [] : [["access-control-max-age", age] as const]),
      ...(credentials === "true" ? [["access-control-allow-credentials", "true"] as const] : []),
    ],
    unread,
    switch: mayBeOff,
    by: block.by,
  };
}

function texts(block: Value, name: string, unread: Unknown[]): string[] {
  const value = attribute(block, name);
  const found = value === undefined ? undefined : asStrings(value);
  if (found?.kind === "unknown") unread.push(found);
  return found?.kind === "known" ? found.value.map((text) => text.value) : [];
}

function patterns(block: Value, unread: Unknown[]): Cors["originPatterns"] {
  const name = "allow_origin_regexes";
  return texts(block, name, unread).flatMap((text) => {
    const pattern = wholeExpression(text);
    if (pattern !== undefined) return pattern;
    const { by } = attribute(block, name) ?? block;
    unread.push({ kind: "unknown", reason: "matches by an expression that is not evaluated here", by });
    return [];
  });
}
