import type { Problem } from "../facts/provenance.ts";
import { attribute, blocks, knownText } from "../terraform/graph.ts";
import type { Value } from "../terraform/graph.ts";
import type { BackendGroup, Cdn, Iap } from "./edge-model.ts";

/** What the provider writes where nothing is written (fact S1b). */
const USUAL_TIMEOUT = "30";

export interface BackendFacts {
  readonly isRegional: boolean;
  readonly iap: Iap | undefined;
  readonly cdn: Cdn | undefined;
}

/** What Google refuses of a backend service, as far as it stands in its own lines (facts S1 to S10, M20, M21, M36, M53). */
export function backendProblems(body: Value, groups: readonly BackendGroup[], facts: BackendFacts): Problem[] {
  const isOn = groups.some(isServerless);
  return [...(isOn ? serverlessProblems(body) : []), ...mixture(body, groups, facts), ...iapProblems(body, facts)];
}

/** Whether a serverless NEG is what leads there, whatever serves behind it. */
export function isServerless(group: BackendGroup): boolean {
  return group.kind === "run" || group.kind === "mask" || group.serverless === true;
}

function serverlessProblems(body: Value): Problem[] {
  const refused = (name: string, fact: string, isFine: (text: string | undefined) => boolean): Problem[] => {
    const written = attribute(body, name);
    if (written === undefined || isEmpty(written) || isFine(knownText(written))) return [];
    return [{ reason: `${name} is not supported with a serverless NEG`, found: "apply", fact, by: written.by }];
  };
  const utilization = blocks(body, "backend").flatMap((block) => attribute(block, "max_utilization") ?? []);
  return [
    ...refused("timeout_sec", "S1", (text) => text === undefined || text === USUAL_TIMEOUT),
    ...refused("port_name", "S2", (text) => text === ""),
    ...refused("health_checks", "S3", () => false),
    ...refused("locality_lb_policy", "S4", (text) => text === "" || text === "ROUND_ROBIN"),
    ...utilization
      .filter((value) => knownText(value) !== "0")
      .map((value): Problem => {
        const reason = "max_utilization is not supported with a serverless NEG";
        return { reason, found: "apply", fact: "S4", by: value.by };
      }),
  ];
}

function isEmpty(value: Value): boolean {
  return value.kind === "list" && value.items.length === 0;
}

/** S8: one serverless NEG for each region, exactly one on a regional service, and no other kind beside it. */
function mixture(body: Value, groups: readonly BackendGroup[], { isRegional }: BackendFacts): Problem[] {
  const written = blocks(body, "backend");
  const refuse = (index: number, reason: string): Problem[] => {
    const block = written[index];
    const by = block === undefined ? body.by : (attribute(block, "group") ?? block).by;
    return [{ reason, found: "apply", fact: "S8", by }];
  };
  const serverless = groups.flatMap((group, index) => (isServerless(group) ? [index] : []));
  if (serverless.length === 0) return [];
  const other = groups.findIndex((group) => group.kind === "elsewhere" && !group.serverless);
  if (other !== -1) return refuse(other, "serverless NEGs cannot stand beside other kinds of backends");
  if (isRegional && serverless.length > 1)
    return refuse(serverless[1]!, "a regional backend service takes one serverless NEG");
  const regions = groups.map((group) => (group.kind === "run" ? group.service.region : undefined));
  const again = regions.findIndex((region, index) => region !== undefined && regions.indexOf(region) < index);
  return again === -1 ? [] : refuse(again, "two serverless NEGs of one region");
}

/** S9, S10: what does not go together with IAP. */
function iapProblems(body: Value, { iap, cdn }: BackendFacts): Problem[] {
  if (iap?.kind !== "on") return [];
  const refuse = (what: string, fact: string): Problem => ({
    reason: `IAP cannot be on together with ${what}`,
    found: "apply",
    fact,
    by: iap.by,
  });
  return [
    ...(cdn === undefined ? [] : [refuse("Cloud CDN", "S10")]),
    ...(blocks(body, "outlier_detection").length === 0 ? [] : [refuse("outlier detection", "S9")]),
  ];
}
