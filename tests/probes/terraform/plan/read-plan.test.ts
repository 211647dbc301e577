import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ResourceGraph } from "../../../../probes/terraform/graph.ts";
import { readSource } from "../../../../probes/terraform/read-source.ts";
import { temporaryFolder } from "../../../support/reference.ts";
import { shown } from "../../../support/shown-value.ts";
import { installStandIn } from "../../../support/stand-in-google/install.ts";
import { terraform } from "../../../support/stand-in-google/terraform.ts";

const ROOT = `
terraform {
  required_providers {
    google = { source = "hashicorp/google", version = "6.50.0" }
  }
}
provider "google" {
  project = "example"
  region  = "us-central1"
}
variable "names" { default = ["api", "web"] }
locals { by_name = { for key, each in google_compute_backend_service.be : key => each.id } }
resource "google_cloud_run_v2_service" "run" {
  for_each = toset(var.names)
  name     = each.key
  location = "us-central1"
  template {
    containers { image = "us-docker.pkg.dev/example/app/app@sha256:${"0".repeat(64)}" }
  }
}
resource "google_compute_region_network_endpoint_group" "neg" {
  for_each              = toset(var.names)
  name                  = "neg-\${each.key}"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run { service = google_cloud_run_v2_service.run[each.key].name }
}
resource "google_compute_backend_service" "be" {
  for_each               = google_compute_region_network_endpoint_group.neg
  name                   = "be-\${each.key}"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ["X-Z: {client_region}", "X-A: 1"]
  backend { group = each.value.id }
}
module "edge" {
  source  = "./edge"
  backend = google_compute_backend_service.be["api"].id
  other   = local.by_name["web"]
}
resource "google_compute_target_http_proxy" "plain" {
  name    = "plain"
  url_map = module.edge.map_id
}
`;

const EDGE = `
variable "backend" {}
variable "other" {}
resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = var.backend
  host_rule {
    hosts        = ["api.example.com"]
    path_matcher = "api"
  }
  path_matcher {
    name            = "api"
    default_service = var.other
    path_rule {
      paths   = ["/ws", "/ws/*"]
      service = var.backend
    }
    dynamic "path_rule" {
      for_each = ["/a"]
      content {
        paths   = [path_rule.value]
        service = var.backend
      }
    }
  }
  header_action { request_headers_to_remove = ["x-debug"] }
}
output "map_id" { value = google_compute_url_map.main.id }
`;

const MAP = "module.edge.google_compute_url_map.main";
const API = 'google_compute_backend_service.be["api"]';
const WEB = 'google_compute_backend_service.be["web"]';

const folder = temporaryFolder();
const file = (name: string): string => join(folder.path, name);
const graphs = new Map<string, ResourceGraph>();

const body = (name: string, address: string): Record<string, unknown> =>
  shown(graphs.get(name)!.resources.get(address)!.body) as Record<string, unknown>;

beforeAll(async () => {
  const directory = file("configuration");
  mkdirSync(join(directory, "edge"), { recursive: true });
  writeFileSync(join(directory, "main.tf"), ROOT);
  writeFileSync(join(directory, "edge/main.tf"), EDGE);
  const { env } = installStandIn(folder.path);
  const run = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await terraform(directory, args, env);
    if (exitCode !== 0) throw new Error(`terraform ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  await run("init");
  await run("plan", "-out=first");
  writeFileSync(file("first.json"), await run("show", "-json", "first"));
  await run("apply", "-auto-approve", "first");
  writeFileSync(file("state.json"), await run("show", "-json"));
  await run("plan", "-out=second");
  writeFileSync(file("second.json"), await run("show", "-json", "second"));
  for (const name of ["first", "state", "second"])
    graphs.set(name, (await readSource(file(`${name}.json`))).graphs[0]!);
}, 120_000);
afterAll(() => folder.remove());

describe("the plan of a first deploy", () => {
  it("has its references from the expressions: each.key, each.value, a module's inputs and outputs", () => {
    expect(body("first", API)["backend"]).toMatchObject([
      { group: '→google_compute_region_network_endpoint_group.neg["api"].id' },
    ]);
    expect(body("first", MAP)).toMatchObject({ name: "main", default_service: `→${API}.id` });
    expect(body("first", "google_compute_target_http_proxy.plain")["url_map"]).toBe(`→${MAP}.id`);
  });

  it("says what it does not hold: the expression of a local, and of a dynamic block", () => {
    expect(body("first", MAP)["path_matcher"]).toMatchObject([
      {
        default_service: '?goes through local.by_name["web"], whose expression a plan does not hold',
        path_rule: [{ paths: ["/ws", "/ws/*"], service: `→${API}.id` }, { paths: ["/a"] }],
      },
    ]);
  });

  it("leaves out what is computed and written nowhere", () => {
    expect(Object.keys(body("first", MAP))).not.toContain("fingerprint");
  });

  it("names file, line and JSON pointer of each value, and the provider's version", () => {
    const { by } = graphs.get("first")!.resources.get(MAP)!.body.entries.get("name")!;
    expect(by).toMatchObject({ address: MAP, attribute: "name", file: file("first.json"), line: 1 });
    expect(by.pointer).toBe("/planned_values/root_module/child_modules/0/resources/0/values/name");
    expect(graphs.get("first")!.providers?.get("google")?.value).toBe("6.50.0");
  });
});

describe.each(["state", "second"])("a %s, where all is known", (name) => {
  it("has its references by id", () => {
    expect(body(name, MAP)).toMatchObject({
      default_service: `→${API}.id`,
      path_matcher: [{ default_service: `→${WEB}.id`, path_rule: [{}, { paths: ["/a"], service: `→${API}.id` }] }],
    });
  });
});

describe("what is no plan to read", () => {
  it.each([
    ['{"format_version":"1.2","planned_values":{"root_module":{}},"errored":true}', "the plan of a run that failed"],
    ['{"format_version":"1.2","planned_values":{"root_module":{}}}', "holds no resource"],
    ['{"version":4,"serial":1,"lineage":"x","resources":[]}', "give the output of `terraform show -json`"],
    ['{"format_version":"1.2",}', "is not valid JSON"],
    ["PK\u0003\u0004", "is a saved plan in binary form"],
  ])("%s", async (text, message) => {
    writeFileSync(file("bad.json"), text);
    await expect(readSource(file("bad.json"))).rejects.toThrow(message);
  });
});
