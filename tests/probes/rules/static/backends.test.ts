import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditOf } from "../../../support/rule-fixtures.ts";

const FIXTURES = "tests/fixtures/rules";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-backends-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function auditOfText(text: string) {
  writeFileSync(join(folder, "main.tf"), text);
  return auditOf(folder);
}

const NEG = `
resource "google_compute_region_network_endpoint_group" "api" {
  name   = "api"
  region = "us-central1"
  cloud_run { service = "api" }
}`;

function backendWith(lines: string): string {
  return `
resource "google_compute_backend_service" "api" {
  name                  = "api"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ${lines}
  backend { group = google_compute_region_network_endpoint_group.api.id }
}
${NEG}`;
}

describe("the severity of what is found on backend services", () => {
  it.each([
    ["serverless-session-affinity/fails/basic", "warning", undefined],
    ["serverless-session-affinity/fails/web", "note", undefined],
    ["socket-backend-not-logged/fails/basic", "note", undefined],
    ["socket-backend-protocol/fails/basic", "warning", "backend-protocol"],
    ["socket-backend-protocol/fails/instances", "warning", undefined],
    ["backend-timeout-cuts-sockets/fails/basic", "warning", undefined],
    ["backend-timeout-cuts-sockets/fails/declared", "warning", undefined],
    ["cache-ignores-credentials/fails/basic", "warning", undefined],
    ["cache-ignores-credentials/fails/declared", "error", undefined],
    ["custom-response-header-breaks-handshake/fails", "warning", "actions-on-101"],
    ["mask-takes-socket-path/fails/basic", "warning", "service-of-a-mask"],
    ["mask-takes-socket-path/fails/unfit", "error", undefined],
    ["load-balancing-scheme-not-written/fails/basic", "warning", undefined],
    ["load-balancing-scheme-not-written/fails/pinned", "note", undefined],
    ["mixed-load-balancing-schemes/fails/basic", "error", undefined],
    ["mixed-load-balancing-schemes/fails/unset", "warning", "default-scheme"],
  ])("is for %s a %s that depends on %s", async (fixture, severity, dependsOn) => {
    const { findings } = await auditOf(join(FIXTURES, fixture));
    const [id] = fixture.split("/");
    const own = findings.filter((finding) => finding.id === id);
    expect(own).not.toEqual([]);
    for (const finding of own) expect([finding.severity, finding.dependsOn]).toEqual([severity, dependsOn]);
  });

  it("counts mixed schemes with the scheme that is not written, where that is what mixes them", async () => {
    const { findings } = await auditOf(join(FIXTURES, "mixed-load-balancing-schemes/fails/unset"));
    const mixed = findings.find(({ id }) => id === "mixed-load-balancing-schemes");
    const cause = findings.find(({ id }) => id === "load-balancing-scheme-not-written");
    expect(mixed?.consequenceOf).toEqual({ id: cause?.id, where: cause?.where });
  });

  it("calls a host of one's own a warning, because sources differ on it", async () => {
    const { findings } = await auditOfText(backendWith(`custom_request_headers = ["Host: api.example.com"]`));
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([
      ["backend-overwrites-handshake-header", "warning"],
    ]);
  });
});

describe("what cannot be read of backend services", () => {
  it.each([
    ["a timeout", "timeout_sec = var.seconds", "serverless-timeout-refused"],
    ["session affinity", "session_affinity = var.affinity", "serverless-session-affinity"],
    ["a list of headers", "custom_request_headers = var.headers", "backend-overwrites-authorization"],
  ])("is said of %s, and nothing is found", async (_, line, rule) => {
    const variable = /var\.(\w+)/.exec(line)![1]!;
    const { findings, undecided } = await auditOfText(`${backendWith(line)}\nvariable "${variable}" {}`);
    expect(findings).toEqual([]);
    expect(undecided.map(({ id, where }) => [id, where.line])).toContainEqual([rule, 5]);
  });
});

describe("headers on the way to what is not one's own", () => {
  it("may be written over before an internet NEG", async () => {
    const { findings } = await auditOfText(`
resource "google_compute_backend_service" "partner" {
  name                   = "partner"
  load_balancing_scheme  = "EXTERNAL_MANAGED"
  custom_request_headers = ["Host: partner.example.org", "Authorization:", "Cookie:"]
  backend { group = google_compute_global_network_endpoint_group.partner.id }
}
resource "google_compute_global_network_endpoint_group" "partner" {
  name                  = "partner"
  network_endpoint_type = "INTERNET_FQDN_PORT"
}`);
    expect(findings).toEqual([]);
  });

  it("may be an origin that is the client's own", async () => {
    const own = `custom_request_headers = ["Origin: {origin_request_header}"]`;
    expect((await auditOfText(backendWith(own))).findings).toEqual([]);
  });
});
