import type { Block, NestedBlock } from "./schema.ts";
import type { ResourceFacts } from "./resources.ts";
import { isBody, isSame, single, Unknown, UNKNOWN } from "./value.ts";
import type { Body, Value } from "./value.ts";

export interface ProviderConfig {
  readonly project: string | null;
  readonly region: string | null;
}

interface Filling {
  readonly defaults: Readonly<Record<string, Value>>;
}

/** What the provider answers when Terraform asks how a resource will look. */
export function plannedBody(
  block: Block,
  facts: ResourceFacts,
  config: Body,
  prior: Body | null,
  provider: ProviderConfig,
): Body {
  const filled = fillBlock(block, config, prior, "", { defaults: facts.defaults ?? {} });
  return { ...filled, ...plannedByProvider(block, config, provider) };
}

/** Attributes whose change needs a replacement, as paths of names and list positions. */
export function replacingPaths(
  facts: ResourceFacts,
  prior: Body,
  planned: Body,
): readonly (readonly (string | number)[])[] {
  return facts.immutable.filter((path) => isChanged(prior, planned, path.split("."))).map(stepsOf);
}

const stepsOf = (path: string): readonly (string | number)[] =>
  path.split(".").flatMap((name, index) => (index === 0 ? [name] : [0, name]));

function isChanged(prior: Body, planned: Body, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (rest.length === 0) return hasUnknown(planned[name!]) || !isSame(prior[name!], planned[name!]);
  const [one, other] = [single(prior, name!), single(planned, name!)];
  return one !== undefined && other !== undefined && isChanged(one, other, rest);
}

function hasUnknown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).some(hasUnknown);
  return isBody(value) && Object.values(value).some(hasUnknown);
}

function fillBlock(block: Block, config: Body, prior: Body | null, path: string, filling: Filling): Body {
  const attributes = block.attributes.map(({ name, computed }) => {
    const configured = config[name] ?? null;
    if (configured !== null) return [name, configured] as const;
    if (computed) return [name, prior === null ? UNKNOWN : (prior[name] ?? null)] as const;
    return [name, filling.defaults[path + name] ?? null] as const;
  });
  const nested = block.blocks.map((inner) => {
    return [
      inner.name,
      fillNested(inner, config[inner.name] ?? null, prior?.[inner.name] ?? null, path, filling),
    ] as const;
  });
  return Object.fromEntries([...attributes, ...nested]);
}

function fillNested(nested: NestedBlock, config: Value, prior: Value, path: string, filling: Filling): Value {
  if (config instanceof Unknown) return config;
  const inside = `${path}${nested.name}.`;
  if (nested.nesting === "single") {
    return isBody(config) ? fillBlock(nested.block, config, isBody(prior) ? prior : null, inside, filling) : null;
  }
  const before = (Array.isArray(prior) ? (prior as readonly Value[]) : []).filter(isBody);
  const items = (Array.isArray(config) ? (config as readonly Value[]) : []).filter(isBody);
  return items.map((item, index) => {
    const filled = (from: Body | null): Body => fillBlock(nested.block, item, from, inside, filling);
    // Elements of a set have no position: the former one is the one that the configuration still describes.
    if (nested.nesting === "set") return before.find((each) => isSame(filled(each), each)) ?? filled(null);
    return filled(before[index] ?? null);
  });
}

/** What the provider itself knows before the cloud is asked: the project, and labels with the provider's own. */
function plannedByProvider(block: Block, config: Body, provider: ProviderConfig): Record<string, Value> {
  const has = (name: string): boolean => block.attributes.some((each) => each.name === name);
  const isOptional = (name: string): boolean => block.attributes.some((each) => each.name === name && each.computed);
  const planned: Record<string, Value> = {};
  if (isOptional("project") && (config["project"] ?? null) === null && provider.project !== null) {
    planned["project"] = provider.project;
  }
  if (has("terraform_labels")) {
    const labels = config["labels"] ?? {};
    const all = isBody(labels) ? { ...labels, "goog-terraform-provisioned": "true" } : labels;
    planned["terraform_labels"] = all;
    planned["effective_labels"] = all;
  }
  return planned;
}
