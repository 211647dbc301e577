import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseContract } from "../../../../contract/parse.ts";
import { buildEdges } from "../../../../probes/model/build.ts";
import type { Subject } from "../../../../probes/rules/static/define-rule.ts";
import {
  isSocketHost,
  isSocketPath,
  socketBackends,
  socketServices,
  socketWays,
} from "../../../../probes/rules/static/sockets.ts";
import { readSource } from "../../../../probes/terraform/read-source.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-sockets-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function subjectOf(map: string): Promise<Subject> {
  writeFileSync(join(folder, "main.tf"), `${map}\n${BEHIND}`);
  const [graph] = (await readSource(folder)).graphs;
  return { graph: graph!, edges: buildEdges(graph!) };
}

const BEHIND = ["api", "web"]
  .map(
    (name) => `
resource "google_compute_backend_service" "${name}" {
  name                  = "${name}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  backend { group = google_compute_region_network_endpoint_group.${name}.id }
}
resource "google_compute_region_network_endpoint_group" "${name}" {
  name                  = "${name}"
  region                = "us-central1"
  network_endpoint_type = "SERVERLESS"
  cloud_run { service = google_cloud_run_v2_service.${name}.name }
}
resource "google_cloud_run_v2_service" "${name}" {
  name     = "${name}"
  location = "us-central1"
  template {
    containers { image = "example.com/${name}:1" }
  }
}`,
  )
  .join("");

function mapWith(rules: string, host = "api.example.com"): string {
  return `
resource "google_compute_url_map" "main" {
  name            = "main"
  default_service = google_compute_backend_service.web.id
  host_rule {
    hosts        = ["${host}"]
    path_matcher = "api"
  }
  path_matcher {
    name            = "api"
    default_service = google_compute_backend_service.web.id
    ${rules}
  }
}`;
}

describe("names of places for sockets", () => {
  it.each(["/ws", "/ws/*", "/v1/ws", "/socket.io/*", "/chat-ws", "/cable", "/{tenant=*}/ws", "/api/websocket/**"])(
    "are in %s",
    (form) => expect(isSocketPath(form)).toBe(true),
  );

  it.each(["/", "/*", "/news", "/rows/*", "/wsdl", "/sockets-and-plugs", "/browse"])("are not in %s", (form) =>
    expect(isSocketPath(form)).toBe(false),
  );

  it("are the first label of a host alone", () => {
    expect(["ws.example.com", "api.ws.example.com", "news.example.com"].map(isSocketHost)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("ways of a socket", () => {
  it("are the path rules of its path, and lead to backends and services", async () => {
    const subject = await subjectOf(
      mapWith(`path_rule {
        paths   = ["/ws", "/ws/*"]
        service = google_compute_backend_service.api.id
      }`),
    );
    expect(socketWays(subject).map(({ host, path, by }) => [host, path, by.line])).toEqual([
      ["api.example.com", "/ws", 13],
      ["api.example.com", "/ws/*", 13],
    ]);
    expect(socketBackends(subject).map(({ item }) => item.address)).toEqual(["google_compute_backend_service.api"]);
    expect(socketServices(subject).map(({ item }) => item.name)).toEqual(["api"]);
  });

  it("are every route rule up to the first that asks for the path alone", async () => {
    const rule = (priority: number, more: string): string => `route_rules {
      priority = ${priority}
      service  = google_compute_backend_service.api.id
      match_rules {
        prefix_match = "/ws"
        ${more}
      }
    }
`;
    const subject = await subjectOf(
      mapWith(rule(30, "") + rule(10, 'query_parameter_matches {\n name = "v"\n exact_match = "2"\n }') + rule(20, "")),
    );
    const priorities = socketWays(subject).map(({ route }) => ("priority" in route ? route.priority : "default"));
    expect(priorities).toEqual([10, 20]);
  });

  it("are all of a host that is for sockets", async () => {
    const subject = await subjectOf(mapWith("", "ws.example.com"));
    expect(socketWays(subject).map(({ path, route }) => [path, route.destination.kind])).toEqual([["/*", "backend"]]);
    expect(socketServices(subject).map(({ item }) => item.name)).toEqual(["web"]);
  });

  it("are those of the contract, where there is one, whatever the names", async () => {
    const subject = await subjectOf(
      mapWith(`path_rule {
        paths   = ["/live"]
        service = google_compute_backend_service.api.id
      }
      path_rule {
        paths   = ["/ws"]
        service = google_compute_backend_service.web.id
      }`),
    );
    const contract = contractOf("api.${domain}", "/live");
    expect(socketServices({ ...subject, ...contract }).map(({ item }) => item.name)).toEqual(["api"]);
    const [way] = socketWays({ ...subject, ...contract });
    expect(way?.clients).toEqual(["browser"]);
  });

  it("end at the default of the map for a host of the contract that no rule names", async () => {
    const subject = await subjectOf(mapWith(""));
    const ways = socketWays({ ...subject, ...contractOf("other.${domain}", "/live") });
    expect(ways.map(({ host, matcher, by }) => [host, matcher, by.line])).toEqual([[undefined, undefined, 4]]);
  });
});

function contractOf(host: string, path: string): Pick<Subject, "declared"> {
  const parsed = parseContract(
    `version: 1
name: shop
environments: { production: { project: example-p, region: us-central1, domain: example.com } }
services: { api: { image: "example.com/api@sha256:${"a".repeat(64)}" } }
routes: [{ host: "${host}", paths: [${path}], service: api, protocol: websocket, clients: [browser] }]
`,
    "headgate.yaml",
  );
  if ("problems" in parsed) throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
  return { declared: { contract: parsed.contract, environment: parsed.contract.environments["production"]! } };
}
