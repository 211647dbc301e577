import type { ConstructSource, Provenance, Unknown } from "../../facts/provenance.ts";
import type { Resource, ResourceGraph } from "../graph.ts";
import type { Block, Place } from "../syntax/syntax.ts";
import { BlockValues } from "./block-value.ts";
import type { Evaluation } from "./evaluation.ts";
import { reasonOf } from "./expansion.ts";
import { isDocument, referenceTo } from "./module.ts";
import type { Module } from "./module.ts";
import { providersOf } from "./providers.ts";
import { attributeIn, itemName } from "./body-items.ts";

/** Blocks of the top level of which Headgate knows what they can make. */
const KNOWN_BLOCKS = new Set(
  "resource data ephemeral module variable output provider locals terraform moved import removed check".split(" "),
);
/** Arguments of a module call that are no inputs. */
const META = new Set(["source", "version", "providers", "count", "for_each", "depends_on", "lifecycle"]);

export type EvaluatedGraph = Pick<ResourceGraph, "resources" | "unknowns" | "problems" | "providers">;

/**
 * All resources of a root module and of the modules that it calls.
 * @throws ConfigurationError for a circle, and beyond all limits.
 */
export function graphOf(
  root: Module,
  evaluation: Evaluation,
  constructOf: (path: string) => ConstructSource | undefined = () => undefined,
): EvaluatedGraph {
  const collector = new Collector(constructOf, evaluation);
  collector.collect(root);
  return {
    resources: collector.resources,
    unknowns: collector.unknowns,
    problems: evaluation.problems,
    providers: providersOf(root.loaded.body),
  };
}

class Collector {
  readonly resources = new Map<string, Resource>();
  readonly unknowns: Unknown[] = [];
  private readonly constructOf: (path: string) => ConstructSource | undefined;
  private readonly evaluation: Evaluation;

  constructor(constructOf: (path: string) => ConstructSource | undefined, evaluation: Evaluation) {
    this.constructOf = constructOf;
    this.evaluation = evaluation;
  }

  /** @param around what the module itself waits for. */
  collect(module: Module, around: readonly string[] = []): void {
    for (const item of module.loaded.body.items)
      if (item.kind === "attribute" || !KNOWN_BLOCKS.has(item.type))
        this.open(
          itemName(item),
          "may create resources and is not read",
          item.kind === "attribute" ? item.value.at : item.at,
        );
    for (const block of module.blocksOf("resource")) this.resource(module, block, around);
    for (const block of module.blocksOf("data").filter(isDocument)) this.resource(module, block, around);
    for (const block of module.blocksOf("module")) this.call(module, block, around);
    module.evaluateRest();
  }

  private resource(module: Module, block: Block, around: readonly string[]): void {
    const [type = "", name = ""] = block.labels;
    const address = module.addressOf(referenceTo(block));
    const expansion = module.expansionOf(block);
    if (expansion.kind === "unknown") return this.unknownCount(address, expansion);
    const { items, at, metadata } = block.body;
    const waitsFor = [...around, ...dependenciesOf(module, block)];
    const construct = metadata === undefined ? undefined : this.constructOf(metadata.path);
    for (const { key, scope } of expansion.instances) {
      const own = `${address}${key}`;
      const values = new BlockValues({ address: own, ...(construct !== undefined && { construct }) });
      // In HCL a resource is found by its header, in JSON by its object.
      const body = values.resource(items, { ...scope, address: own }, at.pointer === undefined ? block.at : at);
      this.resources.set(own, { address: own, type, name, body, ...(waitsFor.length > 0 && { waitsFor }) });
    }
  }

  private call(module: Module, block: Block, around: readonly string[]): void {
    const [name = ""] = block.labels;
    const address = module.addressOf(`module.${name}`);
    const loaded = module.loaded.calls.get(name);
    if (loaded !== undefined && "reason" in loaded) {
      this.open(address, loaded.reason, attributeIn(block.body.items, "source")?.at ?? block.at);
      return;
    }
    const expansion = module.expansionOf(block);
    if (expansion.kind === "unknown") return this.unknownCount(address, expansion);
    this.refuseUndeclared(block, address, loaded?.body.items ?? []);
    for (const repeated of expansion.instances) {
      const child = module.child(block, repeated);
      if (child !== undefined) this.collect(child, [...around, ...dependenciesOf(module, block)]);
    }
  }

  private refuseUndeclared(call: Block, address: string, declared: readonly (Block | { kind: "attribute" })[]): void {
    const names = new Set(
      declared.flatMap((item) => (item.kind === "block" && item.type === "variable" ? item.labels : [])),
    );
    for (const item of call.body.items)
      if (item.kind === "attribute" && !META.has(item.name) && !names.has(item.name))
        this.evaluation.problem(`${address} has no variable ${item.name}`, item.at, address);
  }

  private unknownCount(
    address: string,
    { open, by }: Extract<ReturnType<Module["expansionOf"]>, { kind: "unknown" }>,
  ): void {
    const provenance = { ...placed(address, by.at), attribute: by.name };
    this.unknowns.push({
      kind: "unknown",
      reason: `${address}: which instances there are is not known, because ${by.name} ${reasonOf(open)}`,
      expression: open.expression ?? by.value.text,
      by: provenance,
    });
  }

  private open(address: string, reason: string, at: Place): void {
    this.unknowns.push({ kind: "unknown", reason, by: placed(address, at) });
  }
}

/** What a block names in `depends_on`, as addresses. */
function dependenciesOf(module: Module, { body }: Block): string[] {
  const written = attributeIn(body.items, "depends_on")?.value;
  const names = written?.kind === "tuple" ? written.items : [];
  return names.map((name) => module.addressOf(name.kind === "literal" ? String(name.value) : name.text));
}

function placed(address: string, { file, line, column }: Place): Provenance {
  return { address, attribute: "", file, line, column };
}
