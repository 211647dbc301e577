import { TerraformElement, TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { gateLocals, gatePreconditions, livePrecondition, overrideAssertion } from "./deploy-gate-terms.ts";
import type { Precondition } from "./deploy-gate-terms.ts";
import { unbuiltBlocks } from "./unbuilt-blocks.ts";

export interface DeployGateProps {
  /** How long a receipt holds, as Terraform writes durations: `15m`, the default, or `1h`. */
  readonly maxAge?: string;
  /** What whoever is stopped should run. */
  readonly command?: string;
  /** Nothing is planned without a key, and a receipt that is sealed with it. Default: only where a key is given. */
  readonly requireKey?: boolean;
  /** Types of resources that depend on the gate; default: all of Google's. */
  readonly guards?: (type: string) => boolean;
  /** A release that must have been probed where it runs, before anything that users meet is built from it. */
  readonly live?: LiveGate;
}

/** What a receipt must prove beyond its verdict: that the release with this stamp was probed where it runs. */
export interface LiveGate {
  /** Hexadecimal SHA-256 of what is built. The stamp of the very first apply needs no proof. */
  readonly stamp: string;
  /** Terraform's name of a guarded resource or module → whether users meet what it makes. */
  readonly guards: (name: string) => boolean;
  /** What whoever is stopped should run to promote; default: `npx headgate deploy` and the name of the stack. */
  readonly command?: string;
}

/** Variable that holds the key of the keyed digest; empty, so that nobody is ever asked for it. */
export const RECEIPT_KEY_VARIABLE = "headgate_receipt_key";

const GATE = "headgate-gate";
const LIVE_GATE = "headgate-live";
const FIRST = "headgate-first";

/** Known to every copy of this file, as CDKTF's own marks are. */
const MARK = Symbol.for("headgate/DeployGate");

/**
 * Lets nothing of a stack be planned that the gate has not passed. One resource that never changes carries the
 * conditions, and every resource of Google and every module depends on it. It reads the receipt that
 * `headgate gate --record` writes beside the configuration. `destroy`, `output`, `plan -destroy` and `-refresh-only` pass.
 *
 * It is one element that writes its own text, and takes note of the others when CDKTF writes the stack: an Aspect does
 * nothing where a second copy of cdktf is installed, and nothing when it stands on the app.
 * @throws Error when the stack holds nothing to guard, or a second gate, or is written as HCL.
 */
export class DeployGate extends TerraformElement {
  private readonly props: DeployGateProps;
  private readonly stack: TerraformStack;

  constructor(scope: Construct, id: string, props: DeployGateProps = {}) {
    super(scope, id);
    this.props = props;
    this.stack = TerraformStack.of(this);
    Object.defineProperty(this, MARK, { value: true });
    const twin = constructsOf(this.stack).find((each) => each !== this && isGate(each));
    if (twin !== undefined) throw new Error(`stack ${this.stack.node.id} has a gate already: ${twin.node.path}`);
  }

  /** CDKTF asks every element of a stack for this before it writes the first of them. */
  override toMetadata(): ReturnType<TerraformElement["toMetadata"]> {
    this.guard();
    return super.toMetadata();
  }

  override toTerraform(): Record<string, unknown> {
    const { stack, props } = this;
    const command = JSON.stringify(props.command ?? "npx headgate gate --synth cdktf.out --record");
    const variables = `{ ${variablesOf(stack)
      .map((name) => `${name} = var.${name}`)
      .join(", ")} }`;
    const locals = gateLocals({ variables, maxAge: JSON.stringify(props.maxAge ?? "15m") });
    const preconditions = gatePreconditions({
      stack: JSON.stringify(stack.node.id),
      command,
      key: `var.${RECEIPT_KEY_VARIABLE}`,
      requireKey: String(props.requireKey === true),
    });
    return {
      terraform: { required_version: ">= 1.10.0" },
      locals: Object.fromEntries(Object.entries(locals).map(([name, value]) => [name, expression(value)])),
      variable: {
        [RECEIPT_KEY_VARIABLE]: {
          type: "string",
          default: "",
          sensitive: true,
          description: "Key with which receipts of the gate are sealed; empty: their seal is not looked at",
        },
      },
      resource: { terraform_data: { [GATE]: gate(Object.values(preconditions)), ...this.live() } },
      check: { "headgate-override": { assert: [condition(overrideAssertion())] } },
    };
  }

  private live(): Record<string, object> {
    const { live } = this.props;
    if (live === undefined) return {};
    const command = JSON.stringify(live.command ?? `npx headgate deploy ${this.stack.node.id}`);
    const condition = livePrecondition({ stamp: live.stamp, first: `terraform_data.${FIRST}.output`, command });
    return {
      // Drawn once: Terraform keeps what stood here when it was first applied.
      [FIRST]: { input: live.stamp, lifecycle: { ignore_changes: ["input"] } },
      [LIVE_GATE]: gate([condition]),
    };
  }

  override toHclTerraform(): never {
    throw new Error("the gate is written as JSON alone; synthesize without --hcl, or it would be missing");
  }

  private guard(): void {
    const { guards = isGoogle, live } = this.props;
    const built = constructsOf(this.stack).flatMap((construct) => {
      if (TerraformResource.isTerraformResource(construct))
        return guards(construct.terraformResourceType) ? [construct] : [];
      return isModule(construct) ? [construct] : [];
    });
    const unbuilt = unbuiltBlocks(this.stack, constructsOf(this.stack).filter(isPlainElement), {
      built: new Set(built.map(addressOf)),
      guards,
    });
    if (built.length + unbuilt.length === 0)
      throw new Error(`the gate of stack ${this.stack.node.id} guards nothing: the stack holds no resource of Google`);
    const gatesOf = (name: string): string[] =>
      [GATE, ...(live?.guards(name) === true ? [LIVE_GATE] : [])].map((gate) => `terraform_data.${gate}`);
    for (const element of built) for (const gate of gatesOf(element.friendlyUniqueId)) depend(element, gate);
    for (const block of unbuilt) block.dependOn(gatesOf(block.name));
  }
}

/** What CDKTF writes into a stack's file: a stack that stands within another has a file, and needs a gate, of its own. */
function constructsOf(stack: TerraformStack): IConstruct[] {
  return stack.node
    .findAll()
    .filter((construct) => !TerraformStack.isStack(construct) && TerraformStack.of(construct) === stack);
}

function addressOf(element: TerraformElement): string {
  const type = TerraformResource.isTerraformResource(element) ? element.terraformResourceType : "module";
  return `${type}.${element.friendlyUniqueId}`;
}

/** What can wait for the gate, from whichever copy of cdktf it comes. */
type Guarded = TerraformElement & { dependsOn?: string[] };

function depend(resource: Guarded, address: string): void {
  const known = resource.dependsOn ?? [];
  if (!known.includes(address)) resource.dependsOn = [...known, address];
}

function isGoogle(type: string): boolean {
  return type.startsWith("google_");
}

function isGate(construct: IConstruct): boolean {
  return MARK in construct;
}

/** A module may hold anything. Modules carry no mark of their own that another copy of cdktf would know. */
function isModule(construct: IConstruct): construct is Guarded {
  return isPlainElement(construct) && Object.hasOwn(construct.toTerraform() as object, "module");
}

/** Names of the variables that a receipt may bind; of what is secret or gone after a run, none. */
function variablesOf(stack: TerraformStack): string[] {
  return constructsOf(stack)
    .filter(isPlainElement)
    .flatMap((element) => {
      const { variable = {} } = element.toTerraform() as { variable?: Record<string, Record<string, unknown>> };
      return Object.entries(variable);
    })
    .filter(([, { sensitive, ephemeral }]) => sensitive !== true && ephemeral !== true)
    .map(([name]) => name)
    .sort();
}

/** Neither a resource, of which there are many, nor a gate. */
function isPlainElement(construct: IConstruct): construct is TerraformElement {
  return (
    TerraformElement.isTerraformElement(construct) &&
    !TerraformResource.isTerraformResource(construct) &&
    !isGate(construct)
  );
}

function gate(preconditions: readonly Precondition[]): object {
  return { lifecycle: { precondition: preconditions.map(condition) } };
}

function condition({ condition: written, message }: Precondition): object {
  return { condition: expression(written), error_message: message };
}

function expression(written: string): string {
  return `\${${written}}`;
}
