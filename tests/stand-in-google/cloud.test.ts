import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyCloud, readCloud } from "../support/stand-in-google/cloud.ts";
import { changeCloud } from "../support/stand-in-google/cloud-lock.ts";
import { temporaryFolder } from "../support/reference.ts";
import { goodEdge } from "./good-edge.ts";
import { Deployment } from "./in-process.ts";

function deployed(): Deployment {
  const deployment = new Deployment();
  deployment.apply(goodEdge());
  return deployment;
}

describe("names", () => {
  it("are taken even when the state was lost", () => {
    const deployment = deployed();
    deployment.forget();
    expect(() => deployment.apply(goodEdge())).toThrow(/Error 409: The resource '.*' already exists/);
  });

  it("are free again after the deletion", () => {
    const deployment = deployed();
    deployment.delete("google_compute_global_address", "v6");
    deployment.forget();
    const { v6 } = goodEdge().resource.google_compute_global_address;
    const config = { resource: { google_compute_global_address: { v6 } } };
    expect(() => deployment.apply(config)).not.toThrow();
  });

  it("are no matter for a grant, which is the same when given twice", () => {
    const deployment = deployed();
    const { google_project_iam_member } = goodEdge().resource;
    const grant = { ...google_project_iam_member.log, member: "user:someone@example.com" };
    const config = { resource: { google_project_iam_member: { log: grant, again: grant } } };
    expect(() => deployment.apply(config)).not.toThrow();
  });
});

describe("deletion", () => {
  it.each([
    ["google_compute_region_network_endpoint_group", "app", "backendServices/edge-app"],
    ["google_compute_backend_service", "app", "urlMaps/edge-routes"],
    ["google_compute_security_policy", "guard", "backendServices/edge-app"],
    ["google_compute_url_map", "routes", "targetHttpsProxies/edge-https"],
    ["google_compute_url_map", "redirect", "targetHttpProxies/edge-http"],
    ["google_compute_managed_ssl_certificate", "api", "targetHttpsProxies/edge-https"],
    ["google_compute_ssl_policy", "modern", "targetHttpsProxies/edge-https"],
    ["google_compute_target_https_proxy", "secure", "forwardingRules/edge-https"],
    ["google_compute_global_address", "v4", "forwardingRules/edge-https"],
    ["google_certificate_manager_certificate", "api", "certificateMapEntries/edge-entry"],
    ["google_certificate_manager_certificate_map", "api", "certificateMapEntries/edge-entry"],
    ["google_certificate_manager_dns_authorization", "api", "certificates/edge-api"],
  ] as const)("of %s.%s is refused while %s uses it", (type, name, user) => {
    expect(() => deployed().delete(type, name)).toThrow(new RegExp(`already being used by '.*${user}'.*InUse`));
  });

  it("of a Cloud Run service is not refused for the endpoint group that names it", () => {
    expect(() => deployed().delete("google_cloud_run_v2_service", "app")).not.toThrow();
  });

  it("of a Cloud Run service is refused while the service protects itself", () => {
    const deployment = new Deployment();
    const edge = goodEdge();
    delete edge.resource.google_cloud_run_v2_service.app.deletion_protection;
    deployment.apply(edge);
    expect(() => deployment.delete("google_cloud_run_v2_service", "app")).toThrow(/deletion_protection=false/);
  });

  it("gives up the use when the user lets go", () => {
    const deployment = deployed();
    const edge = goodEdge();
    delete edge.resource.google_compute_target_https_proxy.secure.ssl_policy;
    deployment.apply(edge);
    expect(() => deployment.delete("google_compute_ssl_policy", "modern")).not.toThrow();
  });

  it("protects a certificate map that a proxy names with the service in front", () => {
    const deployment = new Deployment();
    const edge = goodEdge();
    const id = "projects/example/locations/global/certificateMaps/edge-map";
    const proxy = edge.resource.google_compute_target_https_proxy.secure;
    proxy.certificate_map = `//certificatemanager.googleapis.com/${id}`;
    delete edge.resource.google_certificate_manager_certificate_map_entry;
    deployment.apply(edge);
    const remove = () => deployment.delete("google_certificate_manager_certificate_map", "api");
    expect(remove).toThrow(/used by .*targetHttpsProxies/);
  });
});

describe("a reference", () => {
  it("to a backend service that does not exist is refused", () => {
    const edge = goodEdge();
    edge.resource.google_compute_url_map.routes.default_service = "projects/example/global/backendServices/none";
    expect(() => new Deployment().apply(edge)).toThrow(/Error 404: .*backendServices\/none' was not found/);
  });

  it("to a security policy of somebody else is accepted", () => {
    const edge = goodEdge();
    const elsewhere = "projects/example/global/securityPolicies/elsewhere";
    edge.resource.google_compute_backend_service.app.security_policy = elsewhere;
    expect(() => new Deployment().apply(edge)).not.toThrow();
  });
});

describe("Cloud Run revisions", () => {
  const service = (edge = goodEdge()) => ({ edge, app: edge.resource.google_cloud_run_v2_service.app });

  it("cannot be made twice with different templates", () => {
    const deployment = deployed();
    const { edge, app } = service();
    app.template.containers[0].image = "example/app:two";
    expect(() => deployment.apply(edge)).toThrow(
      /Error 409: Revision named 'edge-app-one' with different configuration/,
    );
  });

  it("may be named again with the same template", () => {
    const deployment = deployed();
    const { edge, app } = service();
    app.labels = { changed: "yes" };
    expect(() => deployment.apply(edge)).not.toThrow();
  });

  it("get no traffic before they exist", () => {
    const { edge, app } = service();
    app.traffic[0].revision = "edge-app-two";
    expect(() => new Deployment().apply(edge)).toThrow(/Revision 'edge-app-two' of traffic is not found/);
  });

  it("outlive the template, so that traffic can go back to them", () => {
    const deployment = deployed();
    const { edge, app } = service();
    app.template.containers[0].image = "example/app:two";
    app.template.revision = "edge-app-two";
    expect(() => deployment.apply(edge)).not.toThrow();
    const id = deployment.stateOf("google_cloud_run_v2_service", "app")["id"] as string;
    expect(Object.keys(deployment.cloud.revisions[id]!)).toEqual(["edge-app-one", "edge-app-two"]);
  });

  it("get a name of their own when the template gives none, and only when it changed", () => {
    const deployment = new Deployment();
    const { edge, app } = service();
    delete app.template.revision;
    app.traffic = [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }];
    deployment.apply(edge);
    deployment.apply(edge);
    expect(deployment.stateOf("google_cloud_run_v2_service", "app")["latest_ready_revision"]).toBe(
      "edge-app-00001-gen",
    );
    app.template.containers[0].image = "example/app:two";
    deployment.apply(edge);
    expect(deployment.stateOf("google_cloud_run_v2_service", "app")["latest_ready_revision"]).toBe(
      "edge-app-00002-gen",
    );
  });
});

describe("what the cloud fills in", () => {
  it.each([
    ["google_compute_url_map", "routes", "id", "projects/example/global/urlMaps/edge-routes"],
    ["google_compute_global_address", "v4", "address", "203.0.113.1"],
    ["google_compute_global_address", "v6", "address", "2001:db8::2"],
    ["google_service_account", "app", "email", "edge-app@example.iam.gserviceaccount.com"],
    ["google_compute_backend_service", "app", "timeout_sec", 30],
    ["google_compute_backend_service", "app", "session_affinity", "NONE"],
    ["google_cloud_run_v2_service", "app", "ingress", "INGRESS_TRAFFIC_ALL"],
    ["google_cloud_run_v2_service", "app", "latest_created_revision", "edge-app-one"],
    ["google_compute_target_https_proxy", "secure", "quic_override", "NONE"],
  ] as const)("%s.%s has %s", (type, name, attribute, expected) => {
    expect(deployed().stateOf(type, name)[attribute]).toBe(expected);
  });

  it("tells the DNS record that proves a domain", () => {
    const record = deployed().stateOf("google_certificate_manager_dns_authorization", "api")["dns_resource_record"];
    expect(record).toEqual([
      { name: "_acme-challenge.api.example.com.", type: "CNAME", data: expect.stringMatching(/authorize/) },
    ]);
  });
});

describe("the file of the cloud", () => {
  it("holds what was changed, and nothing of a change that was refused", () => {
    const folder = temporaryFolder();
    const file = join(folder.path, "cloud.json");
    changeCloud(file, (cloud) => (cloud.addresses = 1));
    const refused = () =>
      changeCloud(file, (cloud) => {
        cloud.addresses = 2;
        throw new Error("refused");
      });
    expect(refused).toThrow("refused");
    expect(readCloud(file)).toEqual({ ...emptyCloud(), addresses: 1 });
    expect(readdirSync(folder.path)).toEqual(["cloud.json"]);
    folder.remove();
  });

  it("is free again when the process that locked it is gone", () => {
    const folder = temporaryFolder();
    const file = join(folder.path, "cloud.json");
    const { pid } = spawnSync(process.execPath, ["--version"]);
    writeFileSync(`${file}.lock`, String(pid));
    changeCloud(file, (cloud) => (cloud.addresses = 1));
    expect(readCloud(file).addresses).toBe(1);
    expect(existsSync(`${file}.lock`)).toBe(false);
    folder.remove();
  });
});
