import { describe, expect, it } from "vitest";
import { referredBy } from "../../../../probes/terraform/plan/references.ts";
import type { Scope } from "../../../../probes/terraform/plan/references.ts";

const instances = new Set(["t_x.one", 't_x.many["a"]', 't_x.many["b"]', "t_x.counted[0]", 'module.m["a"].t_x.inner']);
const scope: Scope = { module: "", configuration: {}, instance: '["a"]', forEach: undefined, caller: undefined };
const refer = (references: string[], more: Partial<Scope> = {}): string => {
  const found = referredBy({ references }, { ...scope, ...more }, instances);
  return found.kind === "resource" ? `${found.address} ${found.attribute}`.trim() : found.reason;
};

describe("an expression of a plan refers to", () => {
  it.each<[string, string[], string]>([
    ["the resource it names", ["t_x.one.id", "t_x.one"], "t_x.one id"],
    ["the instance it names", ['t_x.many["b"].id', 't_x.many["b"]', "t_x.many"], 't_x.many["b"] id'],
    ["the instance of its own key", ["t_x.many", "each.key"], 't_x.many["a"]'],
    ["the only instance", ["t_x.counted"], "t_x.counted[0]"],
    ["nothing known, over two names", ["t_x.one.id", "t_x.one", "var.y"], "is an expression over t_x.one.id, var.y"],
    ["nothing known, through a local", ["local.y"], "goes through local.y"],
    ["nothing known, of a data source", ["data.t_x.y.id", "data.t_x.y"], "is read by data.t_x.y.id"],
    ["nothing known, without a name", ["each.key"], "the plan names nothing"],
    ["nothing that is there", ["t_x.gone.id", "t_x.gone"], "refers to t_x.gone, which the plan does not hold"],
  ])("%s", (_, references, wanted) => {
    expect(refer(references)).toContain(wanted);
  });

  it("one of several instances, which the plan does not tell", () => {
    expect(refer(["t_x.many"], { instance: "" })).toContain("one of 2 instances of t_x.many");
  });

  it("the instance that a chained for_each goes over", () => {
    expect(refer(["each.value.id", "each.value"], { forEach: { references: ["t_x.many"] } })).toBe('t_x.many["a"] id');
  });

  it("what a module's output refers to, in the module's own instance", () => {
    const inner = { outputs: { id: { expression: { references: ["t_x.inner.id", "t_x.inner"] } } } };
    const configuration = { module_calls: { m: { module: inner, for_each_expression: { references: ["var.y"] } } } };
    expect(refer(['module.m["a"].id', 'module.m["a"]', "module.m"], { configuration })).toBe(
      'module.m["a"].t_x.inner id',
    );
  });

  it("nothing, where the modules go round in a circle", () => {
    const call: { module: { outputs: object }; expressions: object } = { module: { outputs: {} }, expressions: {} };
    const circle: Scope = { ...scope, caller: undefined };
    const caller = { call: { ...call, expressions: { v: { references: ["var.v"] } } }, scope: circle };
    Object.assign(circle, { caller });
    expect(referredBy({ references: ["var.v"] }, circle, instances)).toMatchObject({ kind: "unclear" });
  });
});
