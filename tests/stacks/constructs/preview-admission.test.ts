import { describe, expect, it } from "vitest";
import { PreviewAdmission } from "../../../stacks/constructs/preview-admission.ts";
import type { Json } from "../../support/reference.ts";
import { all, synthesizeStack } from "../synthesize.ts";

function rules(...allow: string[]): Json[] {
  const terraform = synthesizeStack((stack) => new PreviewAdmission(stack, "admission", { name: "preview", allow }));
  return all(terraform, "google_compute_security_policy")[0].rule as Json[];
}

const header = /^(.*) && request\.headers\['x-headgate-preview'\] == '\$\{sensitive\(terraform_data\.\w+\.output\)\}'$/;

describe("PreviewAdmission", () => {
  it("asks for the header whichever of several ranges an address is of", () => {
    const [admit] = rules("203.0.113.0/24", "2001:db8::/32");
    expect(header.exec(admit.match.expr.expression as string)?.[1]).toBe(
      "(inIpRange(origin.ip, '203.0.113.0/24') || inIpRange(origin.ip, '2001:db8::/32'))",
    );
  });

  it("asks for it in each of the rules that many ranges need", () => {
    const ranges = Array.from({ length: 9 }, (_, index) => `192.0.2.${index}/32`);
    const all = rules(...ranges);
    const admit = all.slice(0, -1);
    expect(admit.map(({ priority }) => priority as number)).toEqual([1000, 1001, 1002]);
    const places = admit.map(({ match }) => header.exec(match.expr.expression as string)![1]!);
    expect(places.flatMap((text) => [...text.matchAll(/'([^']+)'/g)].map(([, range]) => range))).toEqual(ranges);
    // Cloud Armor takes five terms in an expression.
    for (const text of places) expect(text.split("inIpRange").length - 1).toBeLessThanOrEqual(4);
    expect(all.at(-1).action).toBe("deny(404)");
  });
});
