import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { Problem } from "../facts/provenance.ts";
import type { Value } from "../terraform/graph.ts";
import type { WrittenHeader } from "./edge-model.ts";

/** Headers of one backend service, and bytes of their names and values (fact V2). */
const MOST = { headers: 16, bytes: 8 * 1024 } as const;

/** What the API refuses of a backend service's custom request headers (facts V1, V2). */
export function headerProblems(headers: readonly WrittenHeader[], list: Value | undefined): Problem[] {
  return [...forbiddenNames(headers), ...repeatedNames(headers), ...overLimit(headers, list)];
}

/** Names that no custom header may have (fact V1). */
export function forbiddenNames(headers: readonly WrittenHeader[]): Problem[] {
  return headers.flatMap(({ name, by }): Problem[] =>
    isForbidden(name)
      ? [{ reason: `${name} is a name that no custom header may have`, found: "apply", fact: "V1", by }]
      : [],
  );
}

/** The first name that stands there again (fact V1). */
export function repeatedNames(headers: readonly WrittenHeader[]): Problem[] {
  const lower = headers.map(({ name }) => name.toLowerCase());
  const twice = headers.find(({ name }, index) => lower.indexOf(name.toLowerCase()) < index);
  return twice === undefined
    ? []
    : [{ reason: `${twice.name} stands twice`, found: "apply", fact: "V1", by: twice.by }];
}

/** More headers, or more of them, than a backend service may have (fact V2). */
export function overLimit(headers: readonly WrittenHeader[], list: Value | undefined): Problem[] {
  const bytes = headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (list === undefined || (headers.length <= MOST.headers && bytes <= MOST.bytes)) return [];
  const reason = `a backend service may have ${MOST.headers} custom headers of ${MOST.bytes} bytes in all; these are ${headers.length} of ${bytes}`;
  return [{ reason, found: "apply", fact: "V2", by: list.by }];
}

/** Names that V1 lists. What is said of `Host` differs between pages, so it is not one of them. */
function isForbidden(name: string): boolean {
  return isHopByHop(name) || /^(x-user-ip|cdn-loop|authority|x-google.*|x-goog-.*|x-gfe.*|x-amz-.*)$/i.test(name);
}
