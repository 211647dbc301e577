import type { Block, Expression, Place } from "../syntax/syntax.ts";
import { attributeIn } from "./body-items.ts";
import type { Item } from "./body-items.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { expand, gathered } from "./expansion.ts";
import type { Expansion, Repeated } from "./expansion.ts";
import { bool, computed, text, unknown } from "./evaluated.ts";
import type { Evaluated, Instance } from "./evaluated.ts";
import type { LoadedModule } from "./loaded-module.ts";
import type { ModuleNames, Scope } from "./scope.ts";
import { variableValue } from "./variable.ts";
import { WrittenBlock } from "./written-block.ts";

/** What a module is called with. */
export interface ModuleInputs {
  /** The value that the caller gives a variable; undefined where it gives none. */
  readonly given: (name: string) => Evaluated | undefined;
  /** True for the root module, whose missing inputs are somebody's to give. */
  readonly isRoot: boolean;
}

interface Declared {
  readonly block: Block;
  readonly address: string;
}

/** Data sources that only put together what is written in them. */
export function isDocument({ type, labels }: Block): boolean {
  return type === "data" && labels[0] === "google_iam_policy";
}

/** How references name what a block makes: `google_x.y`, `data.google_x.y`, `module.x`. */
export function referenceTo({ type, labels }: Block): string {
  return [...(type === "resource" ? [] : [type]), ...labels].join(".");
}

/** One instance of a module: what its names stand for. */
export class Module implements ModuleNames, Instance {
  /** `module.edge["a"]`, or nothing for the root module. */
  readonly address: string;
  readonly loaded: LoadedModule;
  private readonly inputs: ModuleInputs;
  private readonly evaluation: Evaluation;
  private readonly blocks = new Map<string, Block>();
  private readonly localItems = new Map<string, Extract<Item, { kind: "attribute" }>>();
  private readonly expansions = new Map<string, Expansion>();
  private readonly children = new Map<string, Module>();

  constructor(address: string, loaded: LoadedModule, inputs: ModuleInputs, evaluation: Evaluation) {
    this.address = address;
    this.loaded = loaded;
    this.inputs = inputs;
    this.evaluation = evaluation;
    for (const item of loaded.body.items) {
      if (item.kind !== "block") continue;
      this.blocks.set([item.type, ...item.labels].join("."), item);
      if (item.type !== "locals") continue;
      for (const local of item.body.items) if (local.kind === "attribute") this.localItems.set(local.name, local);
    }
  }

  /** Address of something in this module. */
  addressOf(name: string): string {
    return this.address === "" ? name : `${this.address}.${name}`;
  }

  scope(address: string): Scope {
    return { run: this.evaluation, module: this, bindings: undefined, address };
  }

  blocksOf(type: string): readonly Block[] {
    return [...this.blocks.values()].filter((block) => block.type === type);
  }

  /** Evaluates what nothing else asked for, so that its problems are noticed. */
  evaluateRest(): void {
    for (const name of this.localItems.keys()) this.local(name);
    for (const block of this.blocksOf("output")) this.attribute(block.labels[0]!);
    for (const { labels, at } of this.blocksOf("variable")) this.variable(labels[0]!, at);
  }

  resolve(root: string, name: string, expression: Expression, scope: Scope): Evaluated {
    if (root === "var") return this.variable(name, expression.at, scope);
    if (root === "local") return this.local(name) ?? this.undeclared(`local.${name}`, expression, scope);
    if (root === "module") return this.call(name) ?? this.undeclared(`module.${name}`, expression, scope);
    if (root === "path") return this.path(name) ?? this.undeclared(`path.${name}`, expression, scope);
    if (root === "terraform") return this.setting(name, expression, scope);
    if (root === "ephemeral") return unknown("is an ephemeral resource, read when Terraform runs", expression.text);
    return this.resource(root, name, expression, scope);
  }

  data(type: string, name: string, expression: Expression, scope: Scope): Evaluated {
    const block = this.blocks.get(`data.${type}.${name}`);
    if (block === undefined) this.undeclared(`data.${type}.${name}`, expression, scope);
    // Nothing is asked of anybody for it: what it gives is what is written.
    else if (isDocument(block)) return this.instancesOf(block);
    const open = (key: string): Evaluated =>
      unknown("is read by a data source when Terraform plans", `data.${type}.${name}${key}`);
    // How many are read is written, whatever they give: index 0 of none is an error, which `try` is there for.
    const expansion = block === undefined ? undefined : this.expansionOf(block);
    if (expansion === undefined || expansion.kind === "unknown") return open("");
    return gathered(expansion, ({ key }) => open(key), `data.${type}.${name}`);
  }

  /** Value of an output, for whoever called this module. */
  attribute(name: string): Evaluated | undefined {
    const block = this.blocks.get(`output.${name}`);
    if (block === undefined) return undefined;
    const address = this.addressOf(`output.${name}`);
    const written = attributeIn(block.body.items, "value");
    if (written === undefined) return unknown(`output ${name} has no value`, address);
    return this.evaluation.once(address, written.at, () => evaluate(written.value, this.scope(address)));
  }

  names(): readonly string[] {
    return this.blocksOf("output")
      .map(({ labels }) => labels[0]!)
      .sort();
  }

  /** Values of the module's variables. */
  variables(): ReadonlyMap<string, Evaluated> {
    return new Map(this.blocksOf("variable").map(({ labels, at }) => [labels[0]!, this.variable(labels[0]!, at)]));
  }

  /** Instances of a resource or of a module call, by the name that references have: `google_x.y`, `module.x`. */
  expansionOf(block: Block): Expansion {
    const address = this.addressOf(referenceTo(block));
    const known = this.expansions.get(address);
    if (known !== undefined) return known;
    const expansion = this.expandOnce(block, address);
    this.expansions.set(address, expansion);
    return expansion;
  }

  /** The instance of a called module that is read; undefined for one that is not. */
  child(call: Block, { key, scope }: Repeated): Module | undefined {
    const [name = ""] = call.labels;
    const loaded = this.loaded.calls.get(name);
    if (loaded === undefined || "reason" in loaded) return undefined;
    const address = this.addressOf(`module.${name}${key}`);
    const known = this.children.get(address);
    if (known !== undefined) return known;
    const given = (input: string): Evaluated | undefined => {
      const written = attributeIn(call.body.items, input);
      return written === undefined ? undefined : evaluate(written.value, { ...scope, address });
    };
    const child = new Module(address, loaded, { given, isRoot: false }, this.evaluation);
    this.children.set(address, child);
    return child;
  }

  private expandOnce(block: Block, address: string): Expansion {
    let expansion: Expansion | undefined;
    // A circle through `count` is found as every other one.
    this.evaluation.once(`${address} (instances)`, block.at, () => {
      expansion = expand(block.body.items, this.scope(address));
      return bool(true);
    });
    return expansion!;
  }

  private variable(name: string, at: Place, scope?: Scope): Evaluated {
    const block = this.blocks.get(`variable.${name}`);
    const address = this.addressOf(`var.${name}`);
    if (block !== undefined)
      return this.evaluation.once(address, at, () => variableValue(block, this.inputs, this.scope(address)));
    this.evaluation.undeclared(`there is no variable ${name}`, at, scope?.address ?? address);
    return unknown(`variable ${name} is not declared`, `var.${name}`);
  }

  private local(name: string): Evaluated | undefined {
    const item = this.localItems.get(name);
    if (item === undefined) return undefined;
    const address = this.addressOf(`local.${name}`);
    return this.evaluation.once(address, item.at, () => evaluate(item.value, this.scope(address)));
  }

  private call(name: string): Evaluated | undefined {
    const block = this.blocks.get(`module.${name}`);
    if (block === undefined) return undefined;
    const loaded = this.loaded.calls.get(name);
    if (loaded !== undefined && "reason" in loaded) return unknown(loaded.reason, `module.${name}`);
    const instanceOf = (repeated: Repeated): Evaluated => ({
      kind: "instance",
      instance: this.child(block, repeated)!,
    });
    return gathered(this.expansionOf(block), instanceOf, `module.${name}`);
  }

  private resource(type: string, name: string, expression: Expression, scope: Scope): Evaluated {
    const block = this.blocks.get(`resource.${type}.${name}`);
    const address = this.addressOf(`${type}.${name}`);
    if (block === undefined) {
      this.undeclared(`${type}.${name}`, expression, scope);
      const attribute = (wanted: string): Evaluated =>
        computed({ address, attribute: wanted }, `refers to ${address}, which this configuration does not hold`);
      return { kind: "instance", instance: { address, attribute } };
    }
    return this.instancesOf(block);
  }

  private instancesOf(block: Block): Evaluated {
    const name = referenceTo(block);
    const address = this.addressOf(name);
    return gathered(this.expansionOf(block), (each) => this.resourceInstance({ block, address }, each), name);
  }

  private resourceInstance({ block, address }: Declared, { key, scope }: Repeated): Evaluated {
    const own = { address: `${address}${key}`, attribute: "" };
    const inner = { ...scope, address: own.address };
    return { kind: "instance", instance: new WrittenBlock(own, block.body.items, inner, this.evaluation) };
  }

  private undeclared(name: string, { at }: Expression, { address }: Scope): Evaluated {
    this.evaluation.undeclared(`there is no ${name}`, at, address);
    return unknown(`refers to ${name}, which is not declared`, name);
  }

  private path(name: string): Evaluated | undefined {
    if (name === "module") return text(this.loaded.directory);
    if (name === "root") return text(".");
    return name === "cwd" ? text(this.evaluation.files.cwd) : undefined;
  }

  private setting(name: string, expression: Expression, scope: Scope): Evaluated {
    if (name === "workspace") return this.evaluation.workspaceFor(scope.address);
    if (name === "applying") return unknown("differs between plan and apply", expression.text);
    return this.undeclared(`terraform.${name}`, expression, scope);
  }
}
