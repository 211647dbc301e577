import { emptyCloud } from "../support/stand-in-google/cloud.ts";
import type { Cloud } from "../support/stand-in-google/cloud.ts";
import { standInSchemas } from "../support/stand-in-google/install.ts";
import { createResource, deleteResource, updateResource } from "../support/stand-in-google/operations.ts";
import { plannedBody } from "../support/stand-in-google/planning.ts";
import { factsOf } from "../support/stand-in-google/resources.ts";
import type { ResourceType } from "../support/stand-in-google/resources.ts";
import { blockOf } from "../support/stand-in-google/schema.ts";
import { conform } from "../support/stand-in-google/value.ts";
import type { Body, Value } from "../support/stand-in-google/value.ts";
import type { Json } from "../support/reference.ts";

const REFERENCE = /^\$\{(google_\w+)\.(\w+)\.(\w+)\}$/;
const schemas = standInSchemas();

/** Terraform in a few lines: applies a configuration to a cloud in memory, resource after resource. */
export class Deployment {
  readonly cloud: Cloud = emptyCloud();
  readonly #state = new Map<string, Body>();

  /** Creates what is new and updates the rest; the first refusal is thrown. */
  apply(config: Json): void {
    const pending = new Set<string>();
    const settle = (type: ResourceType, name: string): Body => {
      const address = `${type}.${name}`;
      const before = this.#state.get(address);
      if (pending.has(address)) return before!;
      pending.add(address);
      const body = this.#change(type, this.#referencesResolved(config.resource[type][name], settle), before);
      this.#state.set(address, body);
      return body;
    };
    for (const [type, named] of Object.entries(config.resource as Record<string, object>)) {
      for (const name of Object.keys(named)) settle(type as ResourceType, name);
    }
  }

  delete(type: ResourceType, name: string): void {
    deleteResource(this.cloud, type, this.stateOf(type, name));
  }

  /** What a lost state file leaves behind. */
  forget(): void {
    this.#state.clear();
  }

  stateOf(type: ResourceType, name: string): Body {
    const body = this.#state.get(`${type}.${name}`);
    if (body === undefined) throw new Error(`${type}.${name} is not deployed`);
    return body;
  }

  #change(type: ResourceType, config: Body, prior: Body | undefined): Body {
    const block = blockOf(schemas, type);
    const provider = { project: "example", region: "us-central1" };
    const planned = plannedBody(block, factsOf(type), conform(block, config), prior ?? null, provider);
    return prior === undefined
      ? createResource(this.cloud, block, type, planned)
      : updateResource(this.cloud, block, type, prior, planned);
  }

  #referencesResolved(config: Json, settle: (type: ResourceType, name: string) => Body): Body {
    const resolve = (value: Value): Value => {
      if (Array.isArray(value)) return value.map((each) => resolve(each as Value));
      if (typeof value === "object" && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each as Value)]));
      }
      const [, type, name, attribute] = (typeof value === "string" ? REFERENCE.exec(value) : null) ?? [];
      if (type === undefined) return value;
      return settle(type as ResourceType, name!)[attribute!] ?? null;
    };
    return resolve(config as Value) as Body;
  }
}
