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
  const open = all.find((resource) => GRANT.test(resource.type) && opens(resource.body, service));
  const unread = all.find(({ type, body }) => GRANT.test(type) && names(body, service) && !isReadable(body));
  if (unread !== undefined)
    unknowns.push({ kind: "unknown", reason: "grants a role or a member that cannot be read", by: unread.body.by });
  for (const { body, type } of all.filter(({ type: each }) => OTHER_GRANT.test(each))) {
    unknowns.push({ kind: "unknown", reason: `a ${type} may open or close a service`, by: body.by });
  }
  if (open === undefined) return { value: true, by: (written ?? service.body).by };
  unknowns.push(...unheardOf(open.body, "invoker"));
  return { value: false, by: open.body.by };
}

function isReadable(grant: Value): boolean {
  const members = attribute(grant, "member") ?? attribute(grant, "members");
  return (
    knownText(attribute(grant, "role")) !== undefined && members !== undefined && asStrings(members).kind === "known"
  );
}

function names(grant: Value, service: Resource): boolean {
  const name = attribute(grant, "name");
  const ownName = knownText(attribute(service.body, "name"));
  return name?.kind === "reference"
    ? name.address === service.address
    : ownName !== undefined && knownText(name) === ownName;
}

function opens(grant: Value, service: Resource): boolean {
  const members = attribute(grant, "member") ?? attribute(grant, "members");
  const listed = members === undefined ? undefined : asStrings(members);
  const isPublic = listed?.kind === "known" && listed.value.some(({ value }) => value === "allUsers");
  return names(grant, service) && knownText(attribute(grant, "role")) === "roles/run.invoker" && isPublic;
}
