import { describe, expect, it } from "vitest";
import type { Provenance } from "../../../../probes/facts/provenance.ts";
import { readSynthesized } from "../../../../probes/terraform/read-cdktf-out.ts";
import { graphOfFiles, plainGraph, valuesIn } from "../../../support/terraform-folder.ts";

const HCL = `resource "google_compute_url_map" "main" {
  name = local.name
  host_rule {
    hosts        = ["a.example.com", local.host]
    path_matcher = "m"
  }
  header_action {
    request_headers_to_remove = ["x"]
  }
  path_matcher {
    name = "m"
    route_rules {
      priority = 1
      match_rules { prefix_match = "/" }
      header_action {
        request_headers_to_add {
          header_name = "x-one"
        }
      }
    }
  }
  labels = { team = "a", (local.name) = local.host }
  all    = local.list
}
locals {
  name = "edge"
  host = "b.example.com"
  list = ["l1", { deep = 2 }]
}
`;

async function places(): Promise<Record<string, string>> {
  const graph = await graphOfFiles(HCL);
  const { body } = graph.resources.get("google_compute_url_map.main")!;
  return Object.fromEntries(valuesIn(body).map(({ by }) => [by.attribute, `${by.line}:${by.column}`]));
}

describe("the place of a value in HCL", () => {
  it.each([
    ["", "1:1"],
    ["name", "2:3"],
    ["host_rule", "3:3"],
    ["host_rule[0]", "3:3"],
    ["host_rule[0].hosts", "4:5"],
    ["host_rule[0].hosts[0]", "4:21"],
    ["host_rule[0].hosts[1]", "4:38"],
    ["header_action", "7:3"],
    ["header_action.request_headers_to_remove[0]", "8:34"],
    ["path_matcher[0].route_rules[0].match_rules[0].prefix_match", "14:21"],
    ["path_matcher[0].route_rules[0].header_action.request_headers_to_add[0].header_name", "17:11"],
    ["labels.team", "22:14"],
    ["labels.edge", "22:27"],
    ["all[1].deep", "23:3"],
  ])("%s is %s", async (attribute, place) => {
    expect((await places())[attribute]).toBe(place);
  });

  it("names the instance, and the file as it was given", async () => {
    const graph = await graphOfFiles('resource "a" "b" {\n  count = 1\n  it = [count.index]\n}');
    const by: Provenance = graph.resources.get("a.b[0]")!.body.entries.get("it")!.by;
    expect(by).toMatchObject({ address: "a.b[0]", attribute: "it", line: 3, column: 3 });
    expect(by.file).toMatch(/\/main\.tf$/);
  });
});

it("the same configuration has the same addresses, attribute paths and values in HCL and in JSON", async () => {
  const body = {
    name: "${local.name}",
    host_rule: [{ hosts: ["a.example.com", "${local.host}"], path_matcher: "m" }],
    header_action: { request_headers_to_remove: ["x"] },
    path_matcher: [
      {
        name: "m",
        route_rules: [
          {
            priority: 1,
            match_rules: [{ prefix_match: "/" }],
            header_action: { request_headers_to_add: [{ header_name: "x-one" }] },
          },
        ],
      },
    ],
    labels: { team: "a", "${local.name}": "${local.host}" },
    all: "${local.list}",
  };
  const locals = { name: "edge", host: "b.example.com", list: ["l1", { deep: 2 }] };
  const json = JSON.stringify({ resource: { google_compute_url_map: { main: body } }, locals });
  const [hcl, other] = [await graphOfFiles(HCL), await graphOfFiles({ "main.tf.json": json })];
  expect(plainGraph(other)).toEqual(plainGraph(hcl));
  const paths = (graph: typeof hcl): string[] =>
    [...graph.resources.values()].flatMap((resource) => valuesIn(resource.body).map(({ by }) => by.attribute));
  expect(paths(other).sort()).toEqual(paths(hcl).sort());
});

describe("a synthesized text", () => {
  const text = [
    "{",
    '  "resource": {',
    '    "some_type": {',
    '      "main": {',
    '        "list": [ "one", { "inner": 2 }, "${var.x}" ],',
    '\t"tab": "x ${var.y}",',
    '        "//": "why", "of": "${some_type.other.id}"',
    "      }",
    "    }",
    "  }",
    "}",
  ].join("\n");

  it.each([
    ["", 4, 15],
    ["list", 5, 17],
    ["list[0]", 5, 19],
    ["list[1]", 5, 26],
    ["list[1].inner", 5, 37],
    ["list[2]", 5, 42],
    ["tab", 6, 9],
    ["of", 7, 28],
  ])("places %s", (attribute, line, column) => {
    for (const written of [text, text.replaceAll("\n", "\r\n")]) {
      const { body } = readSynthesized(written, "dir/f.json", "staging").resources.get("some_type.main")!;
      const found = valuesIn(body).find(({ by }) => by.attribute === attribute)!;
      expect(found.by).toEqual({ address: "some_type.main", attribute, file: "dir/f.json", line, column });
    }
  });

  it.each([
    ["plain", { kind: "literal", value: "plain" }],
    ["", { kind: "literal", value: "" }],
    ["a $ b % c { d }", { kind: "literal", value: "a $ b % c { d }" }],
    ["$${token}", { kind: "literal", value: "${token}" }],
    ["a $${x} b %%{y}", { kind: "literal", value: "a ${x} b %{y}" }],
    ["${google_x.a-b_C1.id}", { kind: "reference", address: "google_x.a-b_C1", attribute: "id" }],
    ["${jsonencode({ a = 1 })}", { kind: "literal", value: '{"a":1}' }],
    [
      "Bearer ${var.token}",
      { kind: "template", text: "Bearer headgate-unknown-value", expression: "Bearer ${var.token}" },
    ],
    ["${var.token}", { kind: "unknown", expression: "var.token" }],
    [7, { kind: "literal", value: 7 }],
    [false, { kind: "literal", value: false }],
    [null, { kind: "literal", value: null }],
  ])("%j is %j", (a, value) => {
    const json = JSON.stringify({ resource: { some_type: { main: { a } } } });
    const graph = readSynthesized(json, "f.json", "staging");
    expect(graph.resources.get("some_type.main")!.body.entries.get("a")).toMatchObject(value);
  });
});
