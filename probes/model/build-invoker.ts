import type { Unknown } from "../facts/provenance.ts";
import { asBoolean, asStrings, attribute, knownText } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { unheardOf } from "./attributes.ts";
import type { RunService } from "./edge-model.ts";

const GRANT = /^google_cloud_run_v2_service_iam_(member|binding)$/;
const OTHER_GRANT = /^google_cloud_run_(v2_service_iam_policy|service_iam_\w+)$/;

/** Whether Cloud Run checks an IAM token: off with `invoker_iam_disabled`, open with an `allUsers` invoker (fact R10). */
export function iamCheckOf(graph: ResourceGraph, service: Resource, unknowns: Unknown[]): RunService["iamCheck"] {
  const written = attribute(service.body, "invoker_iam_disabled");
  const disabled = written === undefined ? undefined : asBoolean(written);
  if (disabled?.kind === "unknown") unknowns.push(disabled);
  if (disabled?.kind === "known" && disabled.value) return { value: false, by: disabled.by };
  const all = [...graph.resources.values()];
  const grants = all.filter(({ type, body }) => GRANT.test(type) && names(body, service));
  const open = grants.find(({ body }) => opens(body));
  const unread = grants.find(({ body }) => !isReadable(body));
  if (unread !== undefined)
    unknowns.push({ kind: "unknown", reason: "grants a role or a member that cannot be read", by: unread.body.by });
  for (const { body, type } of all.filter(({ type: each }) => OTHER_GRANT.test(each))) {
    unknowns.push({ kind: "unknown", reason: `a ${type} may open or close a service`, by: body.by });
  }
  if (open === undefined) return { value: true, by: (written ?? service.body).by };
  unknowns.push(...unheardOf(open.body, "invoker"));
  return { value: false, by: open.body.by };
}

/** Members of a grant, of either kind; undefined where they cannot be read. */
function membersOf(grant: Value): string[] | undefined {
  const written = attribute(grant, "member") ?? attribute(grant, "members");
  const members = written === undefined ? undefined : asStrings(written);
  return members?.kind === "known" ? members.value.map(({ value }) => value) : undefined;
}

function isReadable(grant: Value): boolean {
  return knownText(attribute(grant, "role")) !== undefined && membersOf(grant) !== undefined;
}

function names(grant: Value, service: Resource): boolean {
  const name = attribute(grant, "name");
  const ownName = knownText(attribute(service.body, "name"));
  return name?.kind === "reference"
    ? name.address === service.address
    : ownName !== undefined && knownText(name) === ownName;
}

function opens(grant: Value): boolean {
  const isInvoker = knownText(attribute(grant, "role")) === "roles/run.invoker";
  return isInvoker && membersOf(grant)?.includes("allUsers") === true;
}
