import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { headgate } from "../support/cli.ts";
import { closeAfterEach } from "../support/emulated-edge.ts";
import { startEmulate } from "../support/emulate-process.ts";
import { eventually, rawClient, startRawServer } from "../support/raw-sockets.ts";
import { temporaryFolder } from "../support/reference.ts";

const MAIN = `
variable "removed" {}
variable "stage" {}
module "edge" {
  source  = "../modules/edge"
  removed = [var.removed]
  added   = jsondecode(templatefile("\${path.module}/headers.json", { stage = var.stage }))
}
`;

const EDGE = `
variable "removed" {}
variable "added" {}
resource "google_cloud_run_v2_service" "api" {
  name                 = "api"
  location             = "us-central1"
  invoker_iam_disabled = true
  template {
    containers { image = "api" }
  }
}
resource "google_compute_region_network_endpoint_group" "api" {
  name                  = "api"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run { service = google_cloud_run_v2_service.api.name }
}
resource "google_compute_backend_service" "api" {
  name                   = "api"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = [for name, value in var.added : "\${name}: \${value}"]
  backend { group = google_compute_region_network_endpoint_group.api.id }
}
resource "google_compute_url_map" "api" {
  name            = "api"
  default_service = google_compute_backend_service.api.id
  header_action { request_headers_to_remove = var.removed }
}
resource "google_compute_target_http_proxy" "api" {
  name    = "api"
  url_map = google_compute_url_map.api.id
}
resource "google_compute_global_forwarding_rule" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  port_range            = "80"
  target                = google_compute_target_http_proxy.api.id
}
`;

const opened = closeAfterEach();
let folder: ReturnType<typeof temporaryFolder>;
let root: string;
beforeEach(() => {
  folder = temporaryFolder();
  root = join(folder.path, "root");
  mkdirSync(root);
  mkdirSync(join(folder.path, "modules/edge"), { recursive: true });
  writeFileSync(join(root, "main.tf"), MAIN);
  writeFileSync(join(root, "headers.json"), '{"X-Template": "${stage}"}');
  writeFileSync(join(root, "stage.tfvars"), 'removed = "X-From-File"\n');
  writeFileSync(join(folder.path, "modules/edge/main.tf"), EDGE);
});
afterEach(() => folder.remove());

const sources = (): string[] => [root, "--root", folder.path, "--var-file", join(root, "stage.tfvars")];

/** Names and values of what the service received, in lower case. */
async function received(port: number): Promise<string> {
  const client = await rawClient(port);
  const lines = ["GET / HTTP/1.1", "Host: api.example.com", "Connection: close", "X-From-File: 1", "X-From-Module: 1"];
  client.send([...lines, "\r\n"].join("\r\n"));
  return (await client.untilEnd()).toLowerCase();
}

describe("headgate emulate of *.tf files", () => {
  it("takes variables and the boundary as trace does, and sees changes of every file that was read", async () => {
    const app = opened(
      await startRawServer(async (peer) => {
        const { headers } = await peer.requestHead();
        const body = headers.map((line) => line.join(": ")).join("\n");
        peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
      }),
    );
    const edge = opened(
      await startEmulate([
        ...[...sources(), "--var", "stage=one", "--no-tls", "--watch"],
        ...[
          "--backend",
          `google_cloud_run_v2_service.api=http://127.0.0.1:${app.port}`.replace("google", "module.edge.google"),
        ],
      ]),
    );
    const arrives = (): Promise<string> => received(edge.ports.http!);
    expect(await arrives()).toMatch(/x-template: one/);
    expect(await arrives()).not.toContain("x-from-file");

    let readings = 0;
    const changed = async (file: string, text: string): Promise<string> => {
      writeFileSync(join(folder.path, file), text);
      readings += 1;
      await eventually(() => edge.stderr().split("was read again").length > readings);
      return arrives();
    };
    expect(await changed("root/headers.json", '{"X-Template": "two"}')).toContain("x-template: two");
    expect(await changed("root/stage.tfvars", 'removed = "X-Other"\n')).toContain("x-from-file");
    expect(
      await changed("modules/edge/main.tf", EDGE.replace("= var.removed }", '= ["X-From-Module"] }')),
    ).not.toContain("x-from-module");
    expect(await changed("root/new.auto.tfvars", 'stage = "unused"\n')).toContain("x-template: two");
  });

  it("reads again once a file is there that a broken reading missed", async () => {
    const edge = opened(await startEmulate([...sources(), "--var", "stage=one", "--no-tls", "--watch"]));
    appendFileSync(join(root, "main.tf"), 'module "more" {\n  source = "../modules/more"\n}\n');
    await eventually(() => edge.stderr().includes("the configuration read before stays"));
    expect(edge.stderr()).toContain("main.tf:");
    mkdirSync(join(folder.path, "modules/more"));
    writeFileSync(
      join(folder.path, "modules/more/main.tf"),
      'resource "google_compute_address" "more" {\n  name = "more"\n}\n',
    );
    await eventually(() => edge.stderr().includes("was read again"));
  });

  it("ends 2 for a module outside of --root, and warns of a variable that nobody declares", async () => {
    const outside = await headgate(["emulate", root, "--root", root, "--port", "0", "--http-port", "0"]);
    expect(outside).toMatchObject({ code: 2, stdout: "" });
    expect(outside.stderr).toContain("name a folder that holds both with --root DIR");
    const edge = opened(await startEmulate([...sources(), "--var", "stage=1", "--var", "stranger=1", "--no-tls"]));
    expect(edge.stderr()).toContain("stranger");
  });
});
