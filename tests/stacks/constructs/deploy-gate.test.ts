import { GoogleProvider } from "@cdktf/provider-google/lib/provider/index.js";
import { ComputeGlobalAddress } from "@cdktf/provider-google/lib/compute-global-address/index.js";
import { DataResource, TerraformHclModule, TerraformStack, TerraformVariable, Testing } from "cdktf";
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
    expect(locals.headgate_variables).toContain("{ ttl = var.ttl }[name]");
    expect(variable.headgate_receipt_key).toMatchObject({ default: "", sensitive: true });
  });

  it("takes age, command, key and a release that must have been probed", () => {
    const live = { stamp: "a".repeat(64), guards: (name: string) => name === "address" };
    const terraform = synthesized(address, { maxAge: "1h", command: "make gate", requireKey: true, live });
    expect(terraform.locals.headgate_max_age).toContain('"1h"');
    expect(JSON.stringify(terraform.resource.terraform_data)).toContain("make gate");
    expect(terraform.resource.google_compute_global_address.address.depends_on).toEqual([
      GATE,
      "terraform_data.headgate-live",
    ]);
    expect(terraform.resource.terraform_data["headgate-live"].lifecycle.precondition[0].condition).toContain(
      live.stamp,
    );
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
