import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Result } from "../../probes/facts/result.ts";
import { headgate } from "../support/cli.ts";
import { plantedSynth, routingMap, temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { newProject } from "../support/terraform-project.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

async function gate(plant: (terraform: Json) => void): Promise<{ code: number | null; result: Result }> {
  const directory = plantedSynth(folder.path, plant, "production");
  const { code, stdout } = await headgate(["gate", "--synth", directory, "--format", "json"]);
  return { code, result: JSON.parse(stdout) as Result };
}

/** A policy of production: the one behind the public edge, or the one that closes the preview edge. */
function policyOf(terraform: Json, wanted: "armor" | "preview"): Json {
  const policies = Object.entries<Json>(terraform.resource.google_compute_security_policy);
  return policies.find(([id]) => id.startsWith(wanted))![1];
}

const failing = ({ cells }: Result): string[] => [
  ...new Set(cells.filter(({ state }) => state === "fail").map(({ env, rule }) => `${env} ${rule}`)),
];

describe("an environment with two edges", () => {
  it.each([
    ["public", "production"],
    ["preview", "production (preview)"],
  ] as const)("fails on the %s edge alone when that one loses a header", async (edge, env) => {
    const { code, result } = await gate((terraform) =>
      routingMap(terraform, edge).header_action.request_headers_to_remove.push("Authorization"),
    );
    expect({ code, failing: failing(result) }).toEqual({ code: 1, failing: [`${env} header-unchanged`] });
  });

  it("says nothing about a preview edge that lets anybody in: its control does not hold", async () => {
    const { code, result } = await gate((terraform) => {
      policyOf(terraform, "preview").rule.at(-1).action = "allow";
    });
    expect(code).toBe(3);
    const broken = result.controls.filter(({ state }) => state === "fail");
    expect(broken.length).toBeGreaterThan(0);
    expect(new Set(broken.map(({ env }) => env))).toEqual(new Set(["production (preview)"]));
  });

  it("fails where Cloud Armor refuses the handshakes of the public edge", async () => {
    const { code, result } = await gate((terraform) => {
      policyOf(terraform, "armor").rule[0].action = "deny(403)";
    });
    expect({ code, failing: failing(result) }).toEqual({ code: 1, failing: ["production reaches-declared-service"] });
  });

  it("cannot tell what an enforced WAF does to plain requests, and still proves the sockets", async () => {
    const { code, result } = await gate((terraform) => {
      for (const rule of policyOf(terraform, "armor").rule) delete rule.preview;
    });
    expect(code).toBe(3);
    const open = result.cells.filter(({ state, env }) => state === "inconclusive" && env === "production");
    expect(open.length).toBeGreaterThan(0);
    expect(new Set(open.map(({ path }) => path.startsWith("/ws")))).toEqual(new Set([false]));
  });
});

describe("an environment whose contract went on after its release", () => {
  it("judges the public edge by its release, and the preview edge by the contract as it stands", async () => {
    const contract = readFileSync("headgate.yaml", "utf8");
    const project = newProject(false);
    try {
      await project.synth(contract);
      project.promote("production", false);
      const changed = contract.replaceAll("public-edge", "outer-edge");
      await project.synth(changed);
      const options = ["gate", "--synth", "cdktf.out", "--env", "production", "--format", "json"];
      const { code, stdout } = await headgate(options, { cwd: project.folder });
      const result = JSON.parse(stdout) as Result;
      expect({ code, reasons: result.reasons }).toEqual({ code: 0, reasons: [] });
      expect(new Set(result.cells.map(({ env }) => env))).toEqual(new Set(["production", "production (preview)"]));
      expect(result.steps.find(({ name }) => name === "release")?.detail).toContain("public edge of production");
    } finally {
      project.remove();
    }
  });
});
