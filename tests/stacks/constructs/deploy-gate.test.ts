import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address/index.js";
import {
  App,
  DataResource,
  TerraformCount,
  TerraformElement,
  TerraformHclModule,
  TerraformIterator,
  TerraformModule,
  TerraformStack,
  TerraformVariable,
  Testing,
} from "cdktf";
import { Construct } from "constructs";
import { describe, expect, it } from "vitest";
import { DeployGate } from "../../../stacks/constructs/deploy-gate.ts";
import type { DeployGateProps } from "../../../stacks/constructs/deploy-gate.ts";
import { temporaryFolder } from "../../support/reference.ts";
import type { Json } from "../../support/reference.ts";

/** A stack with a gate, and what stands before and after it. */
function synthesized(build: (stack: TerraformStack) => void, props?: DeployGateProps): Json {
  const folder = temporaryFolder();
  try {
    const stack = new TerraformStack(Testing.app({ outdir: folder.path, stubVersion: true }), "own");
    new GoogleProvider(stack, "google", { project: "example-own", region: "us-central1" });
    new DeployGate(stack, "gate", props);
    build(stack);
    return JSON.parse(Testing.synth(stack));
  } finally {
    folder.remove();
  }
}

/** A binding as `cdktf get` generates it from a module. */
class Edge extends TerraformModule {}

/** An element of an app's own, for what has no binding. */
class Written extends TerraformElement {
  override toTerraform(): object {
    return { resource: { google_dns_record_set: { written: { name: "b.example.com." } } } };
  }
}

/** A stack that stands in another; each has an address. */
function nestedStacks(app: App): [TerraformStack, TerraformStack] {
  const outer = new TerraformStack(app, "outer");
  const inner = new TerraformStack(outer, "inner");
  for (const stack of [outer, inner]) {
    new GoogleProvider(stack, "google", { project: "example-own" });
    new ComputeGlobalAddress(stack, "address", { name: "own" });
  }
  return [outer, inner];
}

const GATE = "terraform_data.headgate-gate";
const address = (stack: TerraformStack): void =>
  void new ComputeGlobalAddress(stack, "address", { name: "own", dependsOn: [] });

describe("DeployGate", () => {
  it("makes every resource of Google and every module wait, whatever they wait for already, and nothing else", () => {
    const terraform = synthesized((stack) => {
      const other = new DataResource(stack, "other", {});
      new ComputeGlobalAddress(stack, "address", { name: "own", dependsOn: [other] });
      new TerraformHclModule(stack, "module", { source: "example/edge/google" });
    });
    const { terraform_data: data, google_compute_global_address: addresses } = terraform.resource;
    expect(addresses.address.depends_on).toEqual(["terraform_data.other", GATE]);
    expect(terraform.module.module.depends_on).toEqual([GATE]);
    expect(data.other.depends_on).toBeUndefined();
    expect(Object.keys(data["headgate-gate"])).toEqual(["lifecycle"]);
    expect(terraform.terraform.required_version).toBe(">= 1.10.0");
  });

  it("finds what stands deep inside, is multiplied, moved or imported", () => {
    const terraform = synthesized((stack) => {
      const deep = new Construct(new Construct(stack, "outer"), "inner");
      new ComputeGlobalAddress(deep, "deep", { name: "deep" });
      new ComputeGlobalAddress(stack, "each", { name: "each", forEach: TerraformIterator.fromList(["a", "b"]) });
      new ComputeGlobalAddress(stack, "counted", { name: "counted", count: TerraformCount.of(2) });
      new ComputeGlobalAddress(stack, "imported", { name: "imported" }).importFrom("an-id");
      new ComputeGlobalAddress(stack, "moved", { name: "moved" }).moveFromId("google_compute_global_address.before");
    });
    const addresses: Json = terraform.resource.google_compute_global_address;
    expect(Object.keys(addresses)).toHaveLength(5);
    for (const [name, { depends_on: waits }] of Object.entries<Json>(addresses)) expect(waits, name).toEqual([GATE]);
    expect(addresses.each.for_each).toBe('${toset(["a", "b"])}');
    expect(addresses.counted.count).toBe(2);
  });

  it("makes bindings of a module wait, multiplied or not", () => {
    const terraform = synthesized((stack) => {
      const edge = { source: "example/edge/google", version: "1.0.0" };
      new Edge(new Construct(stack, "nested"), "edge", edge);
      new Edge(stack, "edges", { ...edge, forEach: TerraformIterator.fromList(["a", "b"]) });
    });
    expect(Object.values<Json>(terraform.module).map((module) => module.depends_on)).toEqual([[GATE], [GATE]]);
  });

  it("makes wait what no construct stands for: overrides of the stack, and text of an element's own", () => {
    const live = { stamp: "a".repeat(64), guards: (name: string) => name === "written" };
    const terraform = synthesized(
      (stack) => {
        stack.addOverride("resource.google_dns_record_set.override", { name: "a.example.com.", depends_on: ["var.a"] });
        stack.addOverride("resource.aws_instance.other", { ami: "x" });
        stack.addOverride("module.override", { source: "example/edge/google" });
        new Written(stack, "written");
        new ComputeGlobalAddress(stack, "address", { name: "own" });
        stack.addOverride("resource.google_compute_global_address.address.labels", { a: "b" });
      },
      { live },
    );
    const {
      google_dns_record_set: records,
      aws_instance: others,
      google_compute_global_address: built,
    } = terraform.resource;
    expect(records.override.depends_on).toEqual(["var.a", GATE]);
    expect(records.written.depends_on).toEqual([GATE, "terraform_data.headgate-live"]);
    expect(others.other.depends_on).toBeUndefined();
    expect(terraform.module.override.depends_on).toEqual([GATE]);
    expect(built.address).toMatchObject({ depends_on: [GATE], labels: { a: "b" } });
  });

  it("leaves a stack within the stack to a gate of its own", () => {
    const folder = temporaryFolder();
    try {
      const app = new App({ outdir: folder.path });
      const [outer, inner] = nestedStacks(app);
      new DeployGate(outer, "gate");
      new DeployGate(inner, "gate");
      for (const stack of [outer, inner]) {
        const written: Json = JSON.parse(Testing.synth(stack));
        expect(Object.keys(written.resource.google_compute_global_address)).toHaveLength(1);
        expect(written.resource.google_compute_global_address.address.depends_on).toEqual([GATE]);
      }
      const empty = new TerraformStack(app, "empty");
      const held = new TerraformStack(empty, "held");
      new ComputeGlobalAddress(held, "address", { name: "own" });
      expect(() => new DeployGate(empty, "gate").toMetadata()).toThrow("the gate of stack empty guards nothing");
    } finally {
      folder.remove();
    }
  });

  it("lets everything through while Terraform applies", () => {
    const { precondition } = synthesized(address).resource.terraform_data["headgate-gate"].lifecycle;
    expect(precondition).toHaveLength(6);
    for (const { condition } of precondition) expect(condition).toMatch(/^\$\{terraform\.applying \|\| /);
  });

  it("binds every variable but secrets, and asks nobody for the key", () => {
    const { locals, variable } = synthesized((stack) => {
      address(stack);
      new TerraformVariable(stack, "ttl", { default: 5 });
      new TerraformVariable(stack, "password", { sensitive: true, default: "" });
    });
    expect(locals.headgate_variables).toContain("{ ttl = var.ttl })[name]");
    expect(variable.headgate_receipt_key).toMatchObject({ default: "", sensitive: true });
  });

  it("takes age, command and key", () => {
    const terraform = synthesized(address, { maxAge: "1h", command: "make gate", requireKey: true });
    expect(terraform.locals.headgate_max_age).toContain('"1h"');
    expect(JSON.stringify(terraform.resource.terraform_data)).toContain("make gate");
    expect(Object.keys(terraform.resource.terraform_data)).toEqual(["headgate-gate"]);
  });

  it("makes what users meet wait for a release that was probed, resources and modules, and nothing else", () => {
    const live = {
      stamp: "a".repeat(64),
      guards: (name: string): boolean => name !== "closed",
      command: "make promote",
    };
    const terraform = synthesized(
      (stack) => {
        address(stack);
        new ComputeGlobalAddress(stack, "closed", { name: "closed" });
        new TerraformHclModule(stack, "module", { source: "example/edge/google" });
      },
      { live },
    );
    const { google_compute_global_address: addresses, terraform_data: data } = terraform.resource;
    expect(addresses.address.depends_on).toEqual([GATE, "terraform_data.headgate-live"]);
    expect(terraform.module.module.depends_on).toEqual([GATE, "terraform_data.headgate-live"]);
    expect(addresses.closed.depends_on).toEqual([GATE]);
    const [{ condition, error_message: message }] = data["headgate-live"].lifecycle.precondition;
    expect(condition).toMatch(/^\$\{terraform\.applying \|\| /);
    expect(condition).toContain(`terraform_data.headgate-first.output == "${live.stamp}"`);
    expect(message).toContain("make promote");
    expect(data["headgate-first"]).toEqual({ input: live.stamp, lifecycle: { ignore_changes: ["input"] } });
  });

  it.each([
    ["a stack with nothing to guard", () => undefined, "guards nothing: the stack holds no resource of Google"],
    ["a second gate", (stack: TerraformStack) => void new DeployGate(stack, "second"), "has a gate already: own/gate"],
  ])("refuses %s", (_, build, message) => {
    expect(() => synthesized(build)).toThrow(message);
  });

  it("refuses to be left out of a stack that is written as HCL", () => {
    expect(() => DeployGate.prototype.toHclTerraform()).toThrow("synthesize without --hcl");
  });
});
