import { unknownVariables } from "../../../model/variables.ts";
import { defineStaticRule, each, found } from "../define-rule.ts";
import { CREDENTIALS, HANDSHAKE, isOneOf } from "../names.ts";
import { customHeaders, headerActs } from "../reading.ts";

export const unknownHeaderVariable = defineStaticRule({
  id: "unknown-header-variable",
  title: "a header value holds a variable that does not exist",
  severity: "error",
  found: "run",
  because:
    "An unknown variable becomes nothing, so that the header arrives without the value it was written for; no variable copies a client's header but `{origin_request_header}`.",
  fix: "Delete the header: what a client sends passes by itself. Braces that are meant as such are written twice.",
  sources: ["V3", "V8", "V2"],
  check: ({ graph }) => [
    ...each(customHeaders(graph), ({ name, value, backend, direction, by }) =>
      // Whatever is written over these is wrong, and told by a rule of its own.
      direction === "request" && isOneOf(OVERWRITTEN, name) ? [] : said(backend.address, name, value, by),
    ),
    ...each(headerActs(graph), ({ kind, name, value, direction, map, by }) =>
      kind !== "add" || (direction === "request" && isOneOf(OVERWRITTEN, name))
        ? []
        : said(map.address, name, value ?? "", by),
    ),
  ],
});

const OVERWRITTEN = [...CREDENTIALS, ...HANDSHAKE, "origin"];

function said(address: string, name: string, value: string, by: Parameters<typeof found>[0]) {
  const names = unknownVariables(value).map((each) => `{${each}}`);
  if (names.length === 0) return [];
  return [found(by, `${address} writes ${name} with ${names.join(", ")}, which no variable is called`)];
}
