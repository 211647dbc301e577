import { Refusal } from "./cloud.ts";
import type { Cloud } from "./cloud.ts";
import { blocks, single, text } from "./value.ts";
import type { Body } from "./value.ts";

const TO_A_REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";

/** Name of the newest revision of a service. */
export const latestRevision = (cloud: Cloud, serviceId: string): string | undefined =>
  Object.keys(cloud.revisions[serviceId] ?? {}).at(-1);

/** Makes the revision that the template asks for; a revision never changes once it exists. */
export function createRevision(cloud: Cloud, serviceId: string, body: Body): void {
  const revisions = (cloud.revisions[serviceId] ??= {});
  const template = single(body, "template") ?? {};
  const wanted = JSON.stringify({ ...template, revision: null });
  const name = text(template, "revision");
  const newest = latestRevision(cloud, serviceId);
  if (name === undefined) {
    if (newest !== undefined && revisions[newest] === wanted) return;
    revisions[generatedName(body, Object.keys(revisions).length + 1)] = wanted;
    return;
  }
  const existing = revisions[name];
  if (existing !== undefined && existing !== wanted) {
    throw new Refusal(
      `googleapi: Error 409: Revision named '${name}' with different configuration already exists., alreadyExists`,
    );
  }
  revisions[name] = wanted;
}

/** Refuses traffic to a revision that nobody made. */
export function refuseMissingRevisions(cloud: Cloud, serviceId: string, body: Body): void {
  const revisions = cloud.revisions[serviceId] ?? {};
  for (const target of blocks(body, "traffic")) {
    const revision = text(target, "revision");
    if (text(target, "type") !== TO_A_REVISION || revision === undefined || revisions[revision] !== undefined) continue;
    throw new Refusal(
      `googleapi: Error 400: Revision '${revision}' of traffic is not found in the service., badRequest`,
    );
  }
}

const generatedName = (body: Body, generation: number): string =>
  `${text(body, "name")}-${String(generation).padStart(5, "0")}-gen`;
