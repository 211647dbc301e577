import { createRevision, refuseMissingRevisions } from "./cloud-run.ts";
import { find, put, Refusal, remove } from "./cloud.ts";
import type { Cloud } from "./cloud.ts";
import { resolved } from "./computed.ts";
import { refuseMissing, usersOf } from "./references.ts";
import { refusalsOf } from "./refusals.ts";
import { idOf } from "./ids.ts";
import { factsOf } from "./resources.ts";
import type { ResourceType } from "./resources.ts";
import type { Block } from "./schema.ts";
import { conform, text } from "./value.ts";
import type { Body } from "./value.ts";

/** Creates a resource the way the API does: the name has to be free, and the API has to like what it gets. */
export function createResource(cloud: Cloud, block: Block, type: ResourceType, planned: Body): Body {
  const id = idOf(type, planned);
  if (factsOf(type).grant !== true && find(cloud, type, id) !== undefined) {
    throw new Refusal(`googleapi: Error 409: The resource '${id}' already exists, alreadyExists`);
  }
  return store(cloud, block, type, id, planned);
}

export function updateResource(cloud: Cloud, block: Block, type: ResourceType, prior: Body, planned: Body): Body {
  const id = storedId(prior);
  if (find(cloud, type, id) === undefined) throw new Refusal(notFound(id));
  return store(cloud, block, type, id, planned);
}

/** Deletes a resource unless it protects itself or somebody uses it. One that is gone already is as good as deleted. */
export function deleteResource(cloud: Cloud, type: ResourceType, state: Body): void {
  const id = storedId(state);
  if (state["deletion_protection"] === true) {
    throw new Refusal(
      `cannot destroy service without setting deletion_protection=false and running \`terraform apply\` (${id})`,
    );
  }
  const stored = find(cloud, type, id);
  if (stored === undefined) return;
  const user = usersOf(cloud, stored)[0];
  if (user !== undefined) {
    throw new Refusal(
      `googleapi: Error 400: The ${type.replace("google_", "")} resource '${id}' is already being used by '${user.id}', resourceInUseByAnotherResource`,
    );
  }
  remove(cloud, type, id);
  delete cloud.revisions[id];
}

export const readResource = (cloud: Cloud, type: ResourceType, id: string): Body | null =>
  find(cloud, type, id)?.body ?? null;

function store(cloud: Cloud, block: Block, type: ResourceType, id: string, planned: Body): Body {
  const facts = factsOf(type);
  refuseMissing(cloud, type, planned);
  const draft = conform(block, resolved(block, facts, { cloud, type, id, body: planned }));
  const refusals = refusalsOf(type, draft, cloud);
  if (refusals[0] !== undefined) {
    const rows = refusals.map((each) => each.id);
    throw new Refusal(`googleapi: Error 400: ${refusals[0].message}, invalid`, rows);
  }
  if (type === "google_cloud_run_v2_service") {
    createRevision(cloud, id, draft);
    refuseMissingRevisions(cloud, id, draft);
  }
  // Once more, now that the revision exists whose name the service reports.
  const body = conform(block, resolved(block, facts, { cloud, type, id, body: { ...draft } }));
  put(cloud, { type, id, body });
  return body;
}

function storedId(state: Body): string {
  const id = text(state, "id");
  if (id === undefined) throw new Error("a resource in the state has no id");
  return id;
}

const notFound = (id: string): string => `googleapi: Error 404: The resource '${id}' was not found, notFound`;
