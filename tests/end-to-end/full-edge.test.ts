import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newProject } from "../support/terraform-project.ts";
import type { Project } from "../support/terraform-project.ts";

const REFERENCE = readFileSync("headgate.yaml", "utf8");
const LIMIT = { timeout: 120_000 };

let project: Project;
beforeEach(() => void (project = newProject()));
afterEach(() => project.remove());

function edited(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`the edit changed nothing: ${String(from)}`);
  return result;
}

/** Another image of a service: the digest with its first digit changed. */
const newImage = (text: string, service: string): string =>
  edited(text, new RegExp(`(${service}@sha256:)[0-9a-f]`), "$1f");

describe("an environment that is promoted directly", () => {
  it("passes init, validate, plan, apply, a second plan without a change, and destroy", LIMIT, async () => {
    await project.synth(REFERENCE);
    const validated = await project.terraform("staging", "validate");
    expect(validated.exitCode, validated.stderr).toBe(0);
    await project.apply("staging");
    expect(await project.plan("staging")).toEqual({});
    const destroyed = await project.terraform("staging", "destroy", "-auto-approve");
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(project.cloud().resources).toEqual({});
  });

  it("plans no change for a commit that only touches comments", LIMIT, async () => {
    await project.synth(REFERENCE);
    await project.apply("staging");
    await project.synth(`# Another comment.\n${edited(REFERENCE, "priority: P1", "priority: P2 # urgent")}`);
    expect(await project.plan("staging")).toEqual({});
  });

  it("brings a new image with nothing taken away before its replacement stands and is routed to", LIMIT, async () => {
    await project.synth(REFERENCE);
    await project.apply("staging");
    const before = project.log().length;
    await project.synth(newImage(REFERENCE, "backend"));
    const plan = await project.plan("staging");
    expect(Object.values(plan).sort()).toEqual(["create", "create", "delete", "delete", "update", "update"]);
    await project.apply("staging");
    const done = project.log().slice(before);
    const at = (operation: string, type: string): number =>
      done.findIndex((entry) => entry.operation === operation && entry.type === type);
    expect(at("create", "google_compute_backend_service")).toBeLessThan(at("update", "google_compute_url_map"));
    expect(at("update", "google_compute_url_map")).toBeLessThan(at("delete", "google_compute_backend_service"));
    expect(await project.plan("staging")).toEqual({});
  });

  it("adds a host by adding, and touches no other certificate", LIMIT, async () => {
    await project.synth(REFERENCE);
    await project.apply("staging");
    await project.synth(
      edited(REFERENCE, "\nbudgets:", '\n  - { host: "new.${domain}", paths: [/*], service: auth }\n\nbudgets:'),
    );
    const plan = await project.plan("staging");
    expect(Object.entries(plan).filter(([, action]) => action.includes("delete"))).toEqual([]);
    expect(Object.keys(plan).filter((address) => address.includes("certificate"))).toHaveLength(1);
    await project.apply("staging");
  });
});

describe("an environment with a preview edge", () => {
  it("protects its services, and goes when the contract says so", LIMIT, async () => {
    await project.synth(REFERENCE);
    const validated = await project.terraform("production", "validate");
    expect(validated.exitCode, validated.stderr).toBe(0);
    await project.apply("production");
    expect(await project.plan("production")).toEqual({});
    const refused = await project.terraform("production", "destroy", "-auto-approve");
    expect(refused.exitCode).not.toBe(0);
    project.promote("production", false);
    await project.synth(edited(REFERENCE, "deletion-protection: true", "deletion-protection: false"));
    await project.apply("production");
    const destroyed = await project.terraform("production", "destroy", "-auto-approve");
    expect(destroyed.exitCode, destroyed.stderr).toBe(0);
    expect(project.cloud().resources).toEqual({});
  });

  it(
    "changes nothing that users meet until the candidate is promoted, and lets the old go in a third step",
    LIMIT,
    async () => {
      await project.synth(REFERENCE);
      await project.apply("production");
      project.promote("production", false);
      await project.synth(REFERENCE);
      expect(await project.plan("production")).toEqual({});

      // Apply A: a new image, and a new header that the edge writes.
      const changed = edited(newImage(REFERENCE, "backend"), "value: public-edge,", "value: public-edge-2,").replace(
        "^public-edge$",
        "^public-edge-2$",
      );
      await project.synth(changed);
      const candidate = await project.plan("production");
      expect(addressesOf(candidate, "delete")).toEqual(
        [expect.stringContaining("preview_backend")].concat([expect.stringContaining("preview_backend")]),
      );
      const untouched =
        /^google_compute_(url_map\.(routing|edge)|target_|global_forwarding_rule\.edge|security_policy\.armor)/;
      expect(Object.keys(candidate).filter((address) => untouched.test(address))).toEqual([]);
      await project.apply("production");
      expect(await project.plan("production")).toEqual({});

      // Apply B: the promotion moves references, and deletes nothing.
      project.promote("production", true);
      await project.synth(changed);
      const promotion = await project.plan("production");
      expect(addressesOf(promotion, "delete")).toEqual([]);
      expect(addressesOf(promotion, "create")).toEqual([]);
      expect(addressesOf(promotion, "update").sort()).toEqual([
        expect.stringMatching(/^google_cloud_run_v2_service\.service-backend/),
        expect.stringMatching(/^google_compute_url_map\.routing/),
      ]);
      await project.apply("production");

      // Later: the old generation goes.
      project.promote("production", false);
      await project.synth(changed);
      const cleanUp = await project.plan("production");
      expect(addressesOf(cleanUp, "create")).toEqual([]);
      expect(addressesOf(cleanUp, "delete").length).toBeGreaterThan(0);
      expect(Object.keys(cleanUp).filter((address) => address.startsWith("google_compute_url_map"))).toEqual([]);
      await project.apply("production");
      expect(await project.plan("production")).toEqual({});
    },
  );
});

function addressesOf(plan: Record<string, string>, action: string): string[] {
  return Object.entries(plan)
    .filter(([, actions]) => actions.includes(action))
    .map(([address]) => address);
}
