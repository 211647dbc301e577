import { UNAVAILABLE } from "./chaos.ts";
import type { Change, Chaos } from "./chaos.ts";
import { appendLog, readCloud, readLog, Refusal } from "./cloud.ts";
import { changeCloud } from "./cloud-lock.ts";
import type { Cloud, LogEntry } from "./cloud.ts";
import { projectNumber } from "./computed.ts";
import { createResource, deleteResource, readResource, updateResource } from "./operations.ts";
import { plannedBody, replacingPaths } from "./planning.ts";
import type { ProviderConfig } from "./planning.ts";
import { factsOf } from "./resources.ts";
import type { ResourceType } from "./resources.ts";
import { blockOf } from "./schema.ts";
import type { AttributeType, Block, NestedBlock, Schemas } from "./schema.ts";
import { conform, text } from "./value.ts";
import type { Body } from "./value.ts";
import { decodeValue, encodeValue } from "./wire.ts";
import type { WireValue } from "./wire.ts";

export interface TypedRequest {
  readonly type_name: ResourceType;
  readonly config?: WireValue;
  readonly prior_state?: WireValue;
  readonly planned_state?: WireValue;
  readonly current_state?: WireValue;
  readonly raw_state?: { readonly json?: Uint8Array };
  readonly id?: string;
}

/** Answers to every call that Terraform makes on a provider. */
export function providerCalls(schemas: Schemas, cloudFile: string, chaos: Chaos) {
  let provider: ProviderConfig = { project: null, region: null };
  return {
    GetSchema: () => schemaAnswer(schemas),
    PrepareProviderConfig: ({ config }: { config: WireValue }) => ({ prepared_config: config }),
    Configure: ({ config }: { config: WireValue }) => {
      const body = decodeValue(schemas.provider, config) ?? {};
      provider = { project: text(body, "project") ?? null, region: text(body, "region") ?? null };
      return {};
    },
    Stop: () => ({}),
    ValidateResourceTypeConfig: () => ({}),
    ValidateDataSourceConfig: () => ({}),
    UpgradeResourceState: (request: TypedRequest) => upgrade(schemas, request),
    ImportResourceState: (request: TypedRequest) => importState(schemas, cloudFile, request),
    ReadResource: (request: TypedRequest) => read(schemas, cloudFile, request),
    ReadDataSource: (request: TypedRequest) => readProject(schemas, provider, request),
    PlanResourceChange: (request: TypedRequest) => plan(schemas, provider, request),
    ApplyResourceChange: (request: TypedRequest) => apply(schemas, { cloudFile, chaos }, request),
  };
}

function schemaAnswer({ provider, resources, dataSources }: Schemas): object {
  const all = (blocks: Schemas["resources"]): object =>
    Object.fromEntries(Object.entries(blocks).map(([type, block]) => [type, { version: 0, block: wireBlock(block) }]));
  return {
    provider: { version: 0, block: wireBlock(provider) },
    resource_schemas: all(resources),
    data_source_schemas: all(dataSources),
  };
}

function wireBlock({ attributes, blocks }: Block): object {
  return {
    attributes: attributes.map((each) => ({ ...each, type: wireType(each.type) })),
    block_types: blocks.map(({ name, nesting, minItems, maxItems, block }) => ({
      type_name: name,
      nesting: nesting.toUpperCase() as Uppercase<NestedBlock["nesting"]>,
      min_items: minItems,
      max_items: maxItems,
      block: wireBlock(block),
    })),
  };
}

const wireType = (type: AttributeType): Uint8Array => Buffer.from(JSON.stringify(type));

function upgrade(schemas: Schemas, { type_name: type, raw_state: raw }: TypedRequest): object {
  const block = blockOf(schemas, type);
  const state = JSON.parse(Buffer.from(raw?.json ?? []).toString("utf8")) as Body;
  return { upgraded_state: encodeValue(block, conform(block, state)) };
}

function importState(schemas: Schemas, cloudFile: string, { type_name: type, id = "" }: TypedRequest): object {
  const body = readResource(readCloud(cloudFile), type, id);
  if (body === null) return { diagnostics: [problem(`Cannot import non-existent remote object '${id}'`)] };
  return { imported_resources: [{ type_name: type, state: encodeValue(blockOf(schemas, type), body) }] };
}

function read(schemas: Schemas, cloudFile: string, { type_name: type, current_state: current }: TypedRequest): object {
  const block = blockOf(schemas, type);
  const state = decodeValue(block, current);
  const id = text(state ?? undefined, "id");
  return { new_state: encodeValue(block, id === undefined ? null : readResource(readCloud(cloudFile), type, id)) };
}

function readProject(schemas: Schemas, provider: ProviderConfig, { type_name: type, config }: TypedRequest): object {
  const block = blockOf(schemas, type);
  const configured = decodeValue(block, config) ?? {};
  const project = text(configured, "project_id") ?? provider.project;
  if (project === null) return { diagnostics: [problem("project: required field is not set")] };
  const state = {
    ...configured,
    id: `projects/${project}`,
    project_id: project,
    name: project,
    number: projectNumber(project),
  };
  return { state: encodeValue(block, state) };
}

function plan(
  schemas: Schemas,
  provider: ProviderConfig,
  { type_name: type, config, prior_state }: TypedRequest,
): object {
  const block = blockOf(schemas, type);
  const wanted = decodeValue(block, config);
  if (wanted === null) return { planned_state: encodeValue(block, null) };
  const prior = decodeValue(block, prior_state);
  const facts = factsOf(type);
  const planned = conform(block, plannedBody(block, facts, wanted, prior, provider));
  return {
    planned_state: encodeValue(block, planned),
    requires_replace: prior === null ? [] : replacingPaths(facts, prior, planned).map(wirePath),
    // The real provider is of the old SDK, which may plan defaults where the configuration says nothing.
    legacy_type_system: true,
  };
}

const wirePath = (path: readonly (string | number)[]): object => ({
  steps: path.map((step) => (typeof step === "string" ? { attribute_name: step } : { element_key_int: step })),
});

/** The change that an `ApplyResourceChange` asks for. */
export function changeOf(
  schemas: Schemas,
  request: Pick<TypedRequest, "type_name" | "prior_state" | "planned_state">,
): Change & { readonly prior: Body | null; readonly planned: Body | null } {
  const { type_name: type } = request;
  const block = blockOf(schemas, type);
  const prior = decodeValue(block, request.prior_state);
  const planned = decodeValue(block, request.planned_state);
  const operation = prior === null ? "create" : planned === null ? "delete" : "update";
  return { operation, type, name: nameOf(planned ?? prior ?? {}), prior, planned };
}

interface World {
  readonly cloudFile: string;
  readonly chaos: Chaos;
}

function apply(schemas: Schemas, { cloudFile, chaos }: World, request: TypedRequest): object {
  const block = blockOf(schemas, request.type_name);
  const { prior, planned, ...change } = changeOf(schemas, request);
  const delayMs = chaos.delayMsOf(change);
  const log = (outcome: Pick<LogEntry, "outcome" | "message">): void =>
    appendLog(cloudFile, { ...change, ...outcome, ...(delayMs > 0 && { delayMs }) });
  const failed = (message: string): object => {
    const diagnostics = [problem(`Error on ${change.operation} of ${change.type} "${change.name}": ${message}`)];
    return { new_state: encodeValue(block, prior), diagnostics, legacy_type_system: true };
  };
  try {
    const fault = chaos.faultOf(change, readLog(cloudFile));
    if (fault === "before") throw new Refusal(UNAVAILABLE);
    const state = changeCloud(cloudFile, (cloud) => changed(cloud, block, request.type_name, prior, planned));
    if (fault === "after") {
      log({ outcome: "lost", message: UNAVAILABLE });
      return failed(UNAVAILABLE);
    }
    log({ outcome: "done" });
    return { new_state: encodeValue(block, state), legacy_type_system: true };
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    log({ outcome: "refused", message: cause.message });
    return failed(cause.message);
  }
}

function changed(
  cloud: Cloud,
  block: Block,
  type: ResourceType,
  prior: Body | null,
  planned: Body | null,
): Body | null {
  if (planned !== null && prior === null) return createResource(cloud, block, type, planned);
  if (planned !== null && prior !== null) return updateResource(cloud, block, type, prior, planned);
  if (prior !== null) deleteResource(cloud, type, prior);
  return null;
}

const nameOf = (body: Body): string =>
  text(body, "name") ?? text(body, "account_id") ?? text(body, "member") ?? text(body, "id") ?? "";

const problem = (summary: string): object => ({ severity: "ERROR", summary });
