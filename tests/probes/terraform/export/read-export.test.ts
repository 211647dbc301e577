import { describe, expect, it } from "vitest";
import { readExports } from "../../../../probes/terraform/export/read-export.ts";
import { shown } from "../../../support/shown-value.ts";

const LINK = "https://www.googleapis.com/compute/v1/projects/example/global/backendServices";

const YAML = `creationTimestamp: '2026-01-01T00:00:00.000-08:00'
defaultService: ${LINK}/web
fingerprint: x
headerAction:
  requestHeadersToAdd:
  - headerName: X-Env
    headerValue: live
    replace: false
  requestHeadersToRemove:
  - Authorization
hostRules:
- hosts:
  - api.example.com
  pathMatcher: api
kind: compute#urlMap
name: main
pathMatchers:
- defaultService: ${LINK}/api
  name: api
  pathRules:
  - paths:
    - /ws
    service: ${LINK}/api
selfLink: https://www.googleapis.com/compute/v1/projects/example/global/urlMaps/main
---
kind: compute#backendService
name: api
loadBalancingScheme: EXTERNAL_MANAGED
customRequestHeaders:
- 'X-Edge: 1'
enableCDN: false
backends:
- group: https://www.googleapis.com/compute/v1/projects/example/regions/us-central1/networkEndpointGroups/neg
`;

const read = (text: string, file = "map.yaml") => readExports([{ file, text }], "main");

describe("an exported URL map", () => {
  const graph = read(YAML);
  const map = graph.resources.get("google_compute_url_map.main")!;

  it("has Terraform's names, and leaves out what nobody configures", () => {
    expect(shown(map.body)).toEqual({
      name: "main",
      default_service: "→google_compute_backend_service.web.id",
      header_action: {
        request_headers_to_add: [{ header_name: "X-Env", header_value: "live", replace: false }],
        request_headers_to_remove: ["Authorization"],
      },
      host_rule: [{ hosts: ["api.example.com"], path_matcher: "api" }],
      path_matcher: [
        {
          name: "api",
          default_service: "→google_compute_backend_service.api.id",
          path_rule: [{ paths: ["/ws"], service: "→google_compute_backend_service.api.id" }],
        },
      ],
    });
  });

  it("says that the API itself speaks, and where each value stands", () => {
    expect(map.api).toBe(true);
    const action = map.body.entries.get("header_action")!;
    expect(action.by).toMatchObject({
      file: "map.yaml",
      line: 5,
      attribute: "header_action",
      pointer: "/headerAction",
    });
  });

  it("has the backend services beside it", () => {
    expect(shown(graph.resources.get("google_compute_backend_service.api")!.body)).toMatchObject({
      custom_request_headers: ["X-Edge: 1"],
      enable_cdn: false,
      backend: [{ group: "→google_compute_region_network_endpoint_group.neg.id" }],
    });
  });

  it("knows no more than the name of one that is not", () => {
    const { body } = graph.resources.get("google_compute_backend_service.web")!;
    expect(shown(body)).toMatchObject({
      name: "web",
      custom_request_headers: "?web is not among what was exported; export it beside the URL map",
    });
  });
});

describe("the same map", () => {
  const json = JSON.stringify({ kind: "compute#urlMap", name: "main", region: "x/regions/us-east1", hostRules: [] });

  it("reads as the API's JSON, in a list and in items", () => {
    for (const text of [json, `[${json}]`, `{"items":[${json}]}`])
      expect([...read(text).resources.keys()]).toEqual(["google_compute_region_url_map.main"]);
  });
});

describe("what is no export", () => {
  it.each([
    ["kind: compute#urlMap\nname: main\nhostRules: [", "is not valid YAML"],
    ["kind: compute#backendService\nname: api\n", "holds no URL map"],
    ["kind: compute#urlMap\nname: &a main\ndescription: *a\n", "uses a YAML alias"],
    [`kind: compute#urlMap\nname: main\nx: ${"[".repeat(3000)}${"]".repeat(3000)}`, "nested too deep"],
  ])("%#", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it("refuses a bomb of aliases before it grows", () => {
    const bomb = ["a: &a [x, x]", ...Array.from({ length: 25 }, (_, index) => bombLine(index))].join("\n");
    expect(() => read(`kind: compute#urlMap\nname: main\n${bomb}\n`)).toThrow("alias");
  });
});

function bombLine(index: number): string {
  const [name, before] = [`b${index}`, index === 0 ? "a" : `b${index - 1}`];
  return `${name}: &${name} [*${before}, *${before}]`;
}
