import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { Problem } from "../facts/provenance.ts";
import type { HeaderActions, Product } from "./edge-model.ts";

/** What the API refuses of the header actions that a request meets (facts U9, V6). */
export function levelProblems(levels: readonly HeaderActions[], product: Product): Problem[] {
  return levels.flatMap((level) => [
    ...(product === "classic" && isWritten(level) ? [notOnClassic(level)] : []),
    ...level.add.flatMap(({ name, value, by }): Problem[] => {
      if (mayNotAdd(name))
        return [{ reason: `${name} is a name that a URL map may not add`, found: "apply", fact: "V6", by }];
      const isEmptyOnEnvoy = value === "" && (product === "regional" || product === "internal");
      return isEmptyOnEnvoy ? [{ reason: `${name} has no value`, found: "apply", fact: "V6", by }] : [];
    }),
  ]);
}

function isWritten({ add, remove, addToResponse, removeFromResponse }: HeaderActions): boolean {
  return add.length + remove.length + addToResponse.length + removeFromResponse.length > 0;
}

function notOnClassic({ by }: HeaderActions): Problem {
  const reason = "header actions are not supported by the classic balancer (load_balancing_scheme EXTERNAL)";
  return { reason, found: "apply", fact: "U9", by };
}

/** Whether a URL map may not add a header of that name (fact V6). */
export function mayNotAdd(name: string): boolean {
  const isPrefixed = /^(x-google|x-goog-|x-gfe|x-amz-)/i.test(name);
  return isPrefixed || isHopByHop(name) || /^(x-user-ip|cdn-loop|host|authority)$/i.test(name);
}
