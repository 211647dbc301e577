import type { Unknown } from "../facts/provenance.ts";
import { asBoolean, asStrings, attribute, blocks, knownText } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { Findings } from "./findings.ts";
import { mayHoldMore } from "./closed-world.ts";
import { withAffects } from "./doubt.ts";
import type { RunService } from "./edge-model.ts";
import { addressIn, ofTypes } from "./lookup.ts";

const INVOKER = "roles/run.invoker";
const GRANTS = [
  "google_cloud_run_v2_service_iam_member",
  "google_cloud_run_v2_service_iam_binding",
  "google_cloud_run_service_iam_member",
  "google_cloud_run_service_iam_binding",
];
const POLICIES = ["google_cloud_run_v2_service_iam_policy", "google_cloud_run_service_iam_policy"];
const ANY_GRANT = /^google_cloud_run_(v2_)?service_iam_/;

/**
 * Whether Cloud Run checks an IAM token: off where a flag says so, open with an `allUsers` invoker (fact R10). Anybody's
 * Google account (`allAuthenticatedUsers`) still needs a token.
 */
export function iamCheckOf(
  graph: ResourceGraph,
  service: Resource,
  flag: Value | undefined,
  { unknowns, problems }: Findings,
): RunService["iamCheck"] {
  const disabled = flag === undefined ? undefined : asBoolean(flag);
  if (disabled?.kind === "unknown") unknowns.push(withAffects(disabled, "refusal"));
  if (disabled?.kind === "known" && disabled.value) return { value: false, by: disabled.by, unsure: [] };
  const grants = about(graph, service, GRANTS);
  const policies = about(graph, service, POLICIES);
  const open =
    grants.sure.find(({ body }) => opens(body)) ?? policies.sure.find(({ body }) => policyOpens(graph, body) === true);
  const unsure = [
    ...policies.sure.filter(({ body }) => policyOpens(graph, body) === undefined).map(unreadable),
    ...policies.perhaps.map(unreadable),
  ];
  if (open !== undefined) {
    const kind = open.type.startsWith("google_cloud_run_service") ? "invokerV1" : "invoker";
    if (GRANTS.includes(open.type)) unknowns.push(...unheardOf(open.body, kind, { problems, affects: "refusal" }));
    return { value: false, by: open.body.by, unsure };
  }
  const by = (flag ?? service.body).by;
  unsure.push(
    ...grants.sure.filter(({ body }) => !isReadable(body)).map(unreadable),
    ...grants.perhaps.filter(({ body }) => !isReadable(body) || opens(body)).map(unreadable),
    ...mayHoldMore(graph, ANY_GRANT, "nobody may call it without a token", by),
  );
  return { value: true, by, unsure };
}

function unreadable({ body, type }: Resource): Unknown {
  return {
    kind: "unknown",
    reason: `a ${type} that cannot be read may open or close the service (R10)`,
    affects: "refusal",
    by: body.by,
  };
}

interface About {
  readonly sure: readonly Resource[];
  /** Of which cannot be told which service they are about. */
  readonly perhaps: readonly Resource[];
}

interface Targets {
  readonly byTarget: ReadonlyMap<string, readonly Resource[]>;
  readonly perhaps: readonly Resource[];
}

const TARGETS = new WeakMap<ResourceGraph, Map<readonly string[], Targets>>();

/** Resources about a service, which names it by reference or plainly. */
function about(graph: ResourceGraph, { address, body }: Resource, types: readonly string[]): About {
  const { byTarget, perhaps } = targetsOf(graph, types);
  const name = knownText(attribute(body, "name"));
  const named = name === undefined ? [] : (byTarget.get(`name ${name}`) ?? []);
  return { sure: [...(byTarget.get(address) ?? []), ...named], perhaps };
}

function targetsOf(graph: ResourceGraph, types: readonly string[]): Targets {
  const known = TARGETS.get(graph)?.get(types);
  if (known !== undefined) return known;
  const byTarget = new Map<string, Resource[]>();
  const perhaps: Resource[] = [];
  for (const resource of ofTypes(graph, ...types)) {
    const target = attribute(resource.body, "name") ?? attribute(resource.body, "service");
    const text = knownText(target);
    const address = target === undefined ? undefined : addressIn(target);
    const key = address ?? (text === undefined ? undefined : `name ${text.slice(text.lastIndexOf("/") + 1)}`);
    if (key === undefined) perhaps.push(resource);
    else byTarget.set(key, [...(byTarget.get(key) ?? []), resource]);
  }
  const made = { byTarget, perhaps };
  TARGETS.set(graph, (TARGETS.get(graph) ?? new Map<readonly string[], Targets>()).set(types, made));
  return made;
}

/** Members of a grant, of either kind; undefined where they cannot be read. */
function membersOf(grant: Value): string[] | undefined {
  const written = attribute(grant, "member") ?? attribute(grant, "members");
  const members = written === undefined ? undefined : asStrings(written);
  return members?.kind === "known" ? members.value.map(({ value }) => value) : undefined;
}

/** A role that is not the invoker's says enough. */
function isReadable(grant: Value): boolean {
  const role = knownText(attribute(grant, "role"));
  return role !== undefined && (role !== INVOKER || membersOf(grant) !== undefined);
}

function opens(grant: Value): boolean {
  return knownText(attribute(grant, "role")) === INVOKER && membersOf(grant)?.includes("allUsers") === true;
}

/** Whether a whole policy lets everybody call; undefined where it cannot be read. */
function policyOpens(graph: ResourceGraph, policy: Value): boolean | undefined {
  const data = attribute(policy, "policy_data");
  const document = data?.kind === "reference" ? graph.resources.get(data.address) : undefined;
  if (document !== undefined) {
    const bindings = blocks(document.body, "binding");
    if (bindings.some(opens)) return true;
    return bindings.every(isReadable) ? false : undefined;
  }
  try {
    const parsed = JSON.parse(knownText(data) ?? "") as { bindings?: { role?: unknown; members?: unknown }[] };
    return (parsed.bindings ?? []).some(
      ({ role, members }) => role === INVOKER && Array.isArray(members) && members.includes("allUsers"),
    );
  } catch {
    return undefined;
  }
}
