import { describe, expect, it } from "vitest";
import { standInSchemas } from "../support/stand-in-google/install.ts";
import { RESOURCES, RESOURCE_TYPES } from "../support/stand-in-google/resources.ts";
import type { ResourceFacts } from "../support/stand-in-google/resources.ts";
import { blockOf } from "../support/stand-in-google/schema.ts";
import type { Attribute, Block, NestedBlock } from "../support/stand-in-google/schema.ts";

const schemas = standInSchemas();

function inside(type: string, path: readonly string[]): Block {
  return path.reduce((block, name) => nested(block, name).block, blockOf(schemas, type));
}

function nested(block: Block, name: string): NestedBlock {
  const found = block.blocks.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no block ${name}`);
  return found;
}

function attribute(type: string, path: string): Attribute {
  const steps = path.split(".");
  const name = steps.pop();
  const found = inside(type, steps).attributes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no attribute ${path} of ${type}`);
  return found;
}

function shape(type: string, path: string): string {
  const steps = path.split(".");
  const { nesting, minItems, maxItems } = nested(inside(type, steps.slice(0, -1)), steps.at(-1)!);
  return `${nesting} ${minItems}..${maxItems === 0 ? "n" : maxItems}`;
}

describe("the schema read from the bindings", () => {
  it.each([
    ["google_compute_backend_service", "custom_request_headers", ["set", "string"]],
    ["google_compute_backend_service", "timeout_sec", "number"],
    ["google_compute_backend_service", "enable_cdn", "bool"],
    ["google_compute_url_map", "host_rule.hosts", ["set", "string"]],
    ["google_compute_url_map", "path_matcher.path_rule.paths", ["set", "string"]],
    ["google_compute_url_map", "header_action.request_headers_to_remove", ["list", "string"]],
    ["google_compute_target_https_proxy", "ssl_certificates", ["list", "string"]],
    ["google_compute_managed_ssl_certificate", "managed.domains", ["list", "string"]],
    ["google_cloud_run_v2_service", "labels", ["map", "string"]],
    ["google_cloud_run_v2_service", "template.containers.resources.limits", ["map", "string"]],
    ["google_cloud_run_v2_service", "urls", ["list", "string"]],
    ["google_cloud_run_v2_service_iam_binding", "members", ["set", "string"]],
    ["google_dns_record_set", "rrdatas", ["list", "string"]],
    ["google_project", "number", "string"],
    [
      "google_certificate_manager_dns_authorization",
      "dns_resource_record",
      ["list", ["object", { data: "string", name: "string", type: "string" }]],
    ],
  ] as const)("%s.%s has its type", (type, path, expected) => {
    expect(attribute(type, path).type).toEqual(expected);
  });

  it.each([
    ["google_compute_backend_service", "backend", "set 0..n"],
    ["google_compute_backend_service", "log_config", "list 0..1"],
    ["google_compute_url_map", "host_rule", "set 0..n"],
    ["google_compute_url_map", "path_matcher", "list 0..n"],
    ["google_compute_url_map", "path_matcher.route_rules.match_rules.header_matches", "list 0..n"],
    ["google_compute_url_map", "path_matcher.route_rules.header_action", "list 0..1"],
    ["google_cloud_run_v2_service", "template", "list 1..1"],
    ["google_cloud_run_v2_service", "template.containers", "list 0..n"],
    ["google_cloud_run_v2_service", "template.containers.env", "set 0..n"],
    ["google_compute_security_policy", "rule", "set 0..n"],
    ["google_compute_url_map", "timeouts", "single 0..n"],
  ] as const)("%s nests %s as %s", (type, path, expected) => {
    expect(shape(type, path)).toBe(expected);
  });

  it("tells what a person sets from what the cloud sets", () => {
    const flags = ({ required, optional, computed }: Attribute): object => ({ required, optional, computed });
    const of = (path: string): object => flags(attribute("google_compute_backend_service", path));
    expect(of("name")).toEqual({ required: true, optional: false, computed: false });
    expect(of("timeout_sec")).toEqual({ required: false, optional: true, computed: true });
    expect(of("self_link")).toEqual({ required: false, optional: false, computed: true });
  });

  it.each(RESOURCE_TYPES)("has every attribute that the tables name for %s", (type) => {
    const facts: ResourceFacts = RESOURCES[type];
    const named = [
      ...facts.immutable,
      ...Object.keys(facts.defaults ?? {}),
      ...[...facts.id.matchAll(/\{(\w+)\}/g)].map((each) => each[1]!),
    ];
    for (const path of named) {
      const steps = path.split(".");
      const block = inside(type, steps.slice(0, -1));
      const names = [...block.attributes, ...block.blocks].map(({ name }) => name);
      expect(names, path).toContain(steps.at(-1));
    }
  });
});
