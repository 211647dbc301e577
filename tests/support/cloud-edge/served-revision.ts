import { all, find, referred } from "../stand-in-google/cloud.ts";
import type { Cloud, Stored } from "../stand-in-google/cloud.ts";
import { latestRevision } from "../stand-in-google/cloud-run.ts";
import { blocks, count, isBody, single, text, valuesAt } from "../stand-in-google/value.ts";
import type { Body } from "../stand-in-google/value.ts";

/** What answers behind a backend service: a Cloud Run service, and the revision that its NEG leads to. */
export interface Served {
  /** Label `headgate-service`, else the name: what the container says it is. */
  readonly service: string;
  readonly revision: string;
}

const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";

/**
 * The revision that a backend service of this id leads to as things are now; undefined where nothing answers: the backend
 * service, its NEG, the service, the tag or the revision is gone. The balancer's own view may be older, Cloud Run's is not.
 */
export function servedBy(cloud: Cloud, backendServiceId: string): Served | undefined {
  const backend = find(cloud, "google_compute_backend_service", backendServiceId);
  const [group] = backend === undefined ? [] : valuesAt(backend.body, "backend.group");
  const neg =
    typeof group === "string" ? referred(cloud, "google_compute_region_network_endpoint_group", group) : undefined;
  const run = neg === undefined ? undefined : single(neg.body, "cloud_run");
  const service = run === undefined ? undefined : serviceNamed(cloud, text(run, "service"), text(neg?.body, "region"));
  if (service === undefined) return undefined;
  const revision = revisionOf(cloud, service, text(run, "tag"));
  if (revision === undefined || cloud.revisions[service.id]?.[revision] === undefined) return undefined;
  return { service: labelOf(service.body) ?? text(service.body, "name") ?? service.id, revision };
}

function serviceNamed(cloud: Cloud, name: string | undefined, region: string | undefined): Stored | undefined {
  return all(cloud, "google_cloud_run_v2_service").find(
    ({ body }) => text(body, "name") === name && text(body, "location") === region,
  );
}

/** With a tag the entry that has it, else the one that takes most of the traffic; no entries: the newest revision. */
function revisionOf(cloud: Cloud, { id, body }: Stored, tag: string | undefined): string | undefined {
  const traffic = blocks(body, "traffic");
  if (traffic.length === 0) return tag === undefined ? latestRevision(cloud, id) : undefined;
  const percent = (entry: Body): number => count(entry, "percent") ?? 0;
  const entry =
    tag === undefined
      ? [...traffic].sort((one, other) => percent(other) - percent(one))[0]
      : traffic.find((each) => text(each, "tag") === tag);
  if (entry === undefined) return undefined;
  return text(entry, "type") === LATEST ? latestRevision(cloud, id) : text(entry, "revision");
}

function labelOf(body: Body): string | undefined {
  const labels = body["labels"];
  return isBody(labels) ? text(labels, "headgate-service") : undefined;
}
