import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { installStandIn } from "../support/stand-in-google/install.ts";
import { terraform } from "../support/stand-in-google/terraform.ts";
import { goodEdge } from "./good-edge.ts";
import { REFUSAL_FIXTURES } from "./refusal-fixtures.ts";
import { stateOf, workspaceWith } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

describe("an edge that stands", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await workspaceWith(goodEdge());
    const { exitCode, stderr } = await workspace.run("apply", "-auto-approve");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  afterAll(() => workspace.remove());
  afterEach(() => workspace.write(goodEdge()));

  it("is valid, and planned again without a change", async () => {
    expect((await workspace.run("validate")).exitCode).toBe(0);
    expect((await workspace.run("plan", "-detailed-exitcode")).exitCode).toBe(0);
  });

  it("has the provider's and the cloud's values in the state", () => {
    const attributes = (type: string): object =>
      stateOf(workspace).resources.find((each: { type: string }) => each.type === type).instances[0].attributes;
    expect(attributes("google_compute_backend_service")).toMatchObject({
      id: "projects/example/global/backendServices/edge-app",
      project: "example",
      timeout_sec: 30,
      backend: [{ balancing_mode: "UTILIZATION", capacity_scaler: 1 }],
      log_config: [{ sample_rate: 0.1 }],
    });
    expect(attributes("google_cloud_run_v2_service")).toMatchObject({
      ingress: "INGRESS_TRAFFIC_ALL",
      effective_labels: { "goog-terraform-provisioned": "true" },
      template: [{ containers: [{ env: [{ name: "MODE", value: "live" }] }] }],
    });
    expect(attributes("google_project")).toMatchObject({
      id: "projects/example",
      number: expect.stringMatching(/^\d{12}$/),
    });
  });

  it("plans a replacement where a field is immutable, and an update where it is not", async () => {
    const edge = goodEdge();
    const { resource } = edge;
    resource.google_compute_managed_ssl_certificate.api.managed.domains = ["other.example.com"];
    resource.google_compute_global_address.v6.description = "changed";
    resource.google_cloud_run_v2_service.app.labels = { changed: "yes" };
    resource.google_compute_url_map.routes.description = "changed";
    resource.google_compute_ssl_policy.modern.min_tls_version = "TLS_1_3";
    workspace.write(edge);
    const actions = await workspace.plannedActions();
    expect(actions).toMatchObject({
      "google_compute_managed_ssl_certificate.api": ["delete", "create"],
      "google_compute_global_address.v6": ["delete", "create"],
      "google_cloud_run_v2_service.app": ["update"],
      "google_compute_url_map.routes": ["update"],
      "google_compute_ssl_policy.modern": ["update"],
      "google_compute_target_https_proxy.secure": ["update"],
      "google_compute_backend_service.app": ["no-op"],
    });
  });

  it("ends at its time limit", async () => {
    const { env } = installStandIn(join(workspace.stack, "../again"));
    const run = await terraform(workspace.stack, ["plan"], env, 1);
    expect(run).toMatchObject({ exitCode: null, isTimedOut: true });
  });

  it("plans the creation of what somebody deleted behind Terraform's back", async () => {
    const cloud = workspace.cloud();
    const [key] = Object.keys(cloud.resources).filter((each) => each.startsWith("google_dns_record_set"));
    const file = join(workspace.stack, "../cloud.json");
    const { [key!]: record, ...rest } = cloud.resources;
    expect(record).toBeDefined();
    writeFileSync(file, JSON.stringify({ ...cloud, resources: rest }));
    expect((await workspace.plannedActions())["google_dns_record_set.api"]).toEqual(["create"]);
    writeFileSync(file, JSON.stringify(cloud));
  });
});

describe("a refusal of the API", () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  it.each(["serverless-timeout", "serverless-max-utilization", "failing-test", "run-timeout"])(
    "of %s comes at apply, where no plan sees it",
    async (refusal) => {
      const { plant, says } = REFUSAL_FIXTURES.find((each) => each.refusal === refusal)!;
      const edge = goodEdge();
      plant(edge.resource);
      workspace = await workspaceWith(edge);
      expect((await workspace.run("plan")).exitCode).toBe(0);
      const { exitCode, stderr } = await workspace.run("apply", "-auto-approve");
      expect(exitCode).toBe(1);
      expect(stderr.replaceAll(/\s*\n│?\s*/g, " ")).toContain(says);
      expect(workspace.log().filter(({ outcome }) => outcome === "refused")).toHaveLength(1);
    },
  );
});
