import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { goodEdge } from "./good-edge.ts";
import { workspaceWith } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

describe("a change of an edge that stands", { timeout: 60_000 }, () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  async function deployed(): Promise<void> {
    workspace = await workspaceWith(goodEdge());
    expect((await workspace.run("apply", "-auto-approve")).exitCode).toBe(0);
  }

  it("is refused when the state was lost and the names are taken, until they are imported", async () => {
    await deployed();
    rmSync(join(workspace.stack, "terraform.tfstate"));
    const { exitCode, stderr } = await workspace.run("apply", "-auto-approve");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Error 409: The resource 'projects/example/global/addresses/edge-v4' already exists");
    const address = ["google_compute_global_address.v4", "projects/example/global/addresses/edge-v4"];
    expect((await workspace.run("import", ...address)).exitCode).toBe(0);
    expect((await workspace.plannedActions())["google_compute_global_address.v4"]).toEqual(["no-op"]);
  });

  it("is refused where it deletes what is in use, and goes through when the replacement comes first", async () => {
    await deployed();
    const edge = goodEdge();
    const certificate = edge.resource.google_compute_managed_ssl_certificate.api;
    certificate.managed.domains = ["other.example.com"];
    certificate.name = "edge-other";
    workspace.write(edge);
    const refused = await workspace.run("apply", "-auto-approve");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr.replaceAll(/\s*\n│?\s*/g, " ")).toContain("resourceInUseByAnotherResource");

    certificate.lifecycle = { create_before_destroy: true };
    workspace.write(edge);
    expect((await workspace.run("apply", "-auto-approve")).exitCode).toBe(0);
    const changes = workspace.log().slice(-3);
    expect(changes.map(({ operation, type, name, outcome }) => [operation, type, name, outcome])).toEqual([
      ["create", "google_compute_managed_ssl_certificate", "edge-other", "done"],
      ["update", "google_compute_target_https_proxy", "edge-https", "done"],
      ["delete", "google_compute_managed_ssl_certificate", "edge-api", "done"],
    ]);

    expect((await workspace.run("destroy", "-auto-approve")).exitCode).toBe(0);
    expect(workspace.cloud()).toMatchObject({ resources: {}, revisions: {} });
  });
});
