import { describe, expect, it } from "vitest";
import type { Problem } from "../../../probes/facts/provenance.ts";
import { KNOWN_ATTRIBUTES, unheardOf } from "../../../probes/model/attributes.ts";
import type { BlockKind } from "../../../probes/model/attributes.ts";
import { ATTRIBUTE_PLACES as PLACES } from "../../../probes/model/attribute-places.ts";
import type { BlockAttributes } from "../../../probes/model/attribute-kinds.ts";
import { META } from "../../../probes/model/attribute-kinds.ts";
import { attribute } from "../../../probes/terraform/graph.ts";
import { graphOf, smallEdge } from "../../support/edge-fixture.ts";
import { schemasFromBindings } from "../../support/stand-in-google/schema-from-bindings.ts";
import type { Block } from "../../support/stand-in-google/schema.ts";

const KINDS = Object.keys(KNOWN_ATTRIBUTES) as BlockKind[];

function blockOf(body: Record<string, unknown>) {
  const edge = smallEdge(({ resource }) => (resource["google_compute_thing"] = { main: { it: body } }));
  return graphOf(edge).resources.get("google_compute_thing.main")!.body.entries.get("it")!;
}

describe.each(KINDS)("%s", (kind) => {
  it("reports what is not listed, with its name and place", () => {
    const block = blockOf({ never_heard_of: 1 });
    const [unknown, ...more] = unheardOf(block, kind);
    expect(more).toEqual([]);
    expect(unknown!.reason).toContain("never_heard_of");
    expect(unknown!.by).toBe(attribute(block, "never_heard_of")!.by);
  });

  it("is silent about what is listed, and about what is not there", () => {
    const { modelled, inert } = KNOWN_ATTRIBUTES[kind];
    const listed = Object.fromEntries([...modelled, ...inert].map((name) => [name, "x"]));
    expect(unheardOf(blockOf({ ...listed, never_heard_of: null, nor_of: [] }), kind)).toEqual([]);
  });

  it("is unknown as a whole where it is no block", () => {
    const text = attribute(blockOf({ a: "text" }), "a")!;
    expect(unheardOf(text, kind, { affects: "refusal" })).toEqual([
      { kind: "unknown", reason: "is not a block", affects: "refusal", by: text.by },
    ]);
  });
});

it("false and zero are values, and are reported", () => {
  expect(unheardOf(blockOf({ one: false, two: 0, three: "", four: {} }), "ports")).toHaveLength(4);
});

/** Listed, and in other versions of the provider, or in its beta, than the one that is installed here. */
const ELSEWHERE: Partial<Record<BlockKind, readonly string[]>> = {
  urlMap: ["map_id"],
  routeRule: ["description", "http_filter_configs"],
  routeAction: ["cache_policy"],
  mirrorPolicy: ["mirror_percent"],
  ownCertificate: ["private_key_wo", "private_key_wo_version"],
  managerCertificate: ["managed_identity"],
  backendService: ["dynamic_forwarding", "network_pass_through_lb_traffic_policy", "params"],
  regionBackendService: [
    "dynamic_forwarding",
    "network_pass_through_lb_traffic_policy",
    "outlier_detection",
    "params",
    "security_policy",
    "subsetting",
    "tls_settings",
  ],
  backend: [
    "max_in_flight_requests",
    "max_in_flight_requests_per_endpoint",
    "max_in_flight_requests_per_instance",
    "orchestration_info",
    "traffic_duration",
  ],
  iap: ["oauth2_client_secret_sha256"],
  backendBucket: ["params"],
  neg: ["serverless_deployment"],
  securityPolicy: ["labels"],
  regionSecurityPolicy: ["labels"],
  runService: ["iap_enabled", "multi_region_settings", "default_uri_disabled"],
  template: ["health_check_disabled", "service_mesh"],
  container: ["env_from", "readiness_probe", "source_code"],
  runV1Container: ["base_image_uri", "depends_on", "readiness_probe", "source_code"],
};

const BINDINGS = "node_modules/@cdktf/provider-google";

function schemaNames(place: string): string[] {
  const [type = "", ...path] = place.split(" ");
  let block: Block = schemasFromBindings(BINDINGS, [type], []).resources[type]!;
  for (const name of path) block = block.blocks.find((each) => each.name === name)!.block;
  return [
    ...block.attributes.filter(({ optional, required }) => optional || required).map(({ name }) => name),
    ...block.blocks.map(({ name }) => name),
  ];
}

function namesListed(kind: BlockKind): string[] {
  const { modelled, inert, undecided = {} }: BlockAttributes = KNOWN_ATTRIBUTES[kind];
  return [...modelled, ...inert, ...Object.keys(undecided)];
}

it("what a state holds of itself is no problem: no configuration writes it", () => {
  const problems: Problem[] = [];
  const state = blockOf({ self_link: "l", generated_id: 1, terraform_labels: {}, creation_timestamp: "t", uid: "u" });
  expect(unheardOf(state, "backendService", { problems })).toEqual([]);
  expect(problems).toEqual([]);
});

it("what Terraform is told to ignore is no unknown where it has no effect", () => {
  const ignoring = (...ignore_changes: string[]) => unheardOf(blockOf({ lifecycle: { ignore_changes } }), "runService");
  expect(ignoring("client", "template[0].containers[0].image", "template[0].annotations")).toEqual([]);
  expect(ignoring("client", "template[0].containers[0].ports")).toHaveLength(1);
  expect(ignoring("all")).toHaveLength(1);
});

describe("the provider's schema", () => {
  const placed = Object.entries(PLACES) as [BlockKind, readonly string[]][];

  it("has a place for every kind of block", () => {
    expect(Object.keys(PLACES).sort()).toEqual([...KINDS].sort());
  });

  it.each(placed)("%s: every attribute is read, of no effect, or of one that cannot be told", (kind, places) => {
    const listed = namesListed(kind);
    expect(places.flatMap(schemaNames).filter((name) => !listed.includes(name))).toEqual([]);
  });

  it.each(placed)("%s: nothing is listed that no version has", (kind, places) => {
    const known = [...places.flatMap(schemaNames), ...META, ...(ELSEWHERE[kind] ?? [])];
    expect(namesListed(kind).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(KINDS)("%s: says one thing of each attribute", (kind) => {
    const listed = namesListed(kind).filter((name) => !META.includes(name as (typeof META)[number]));
    expect(listed.filter((name, index) => listed.indexOf(name) < index)).toEqual([]);
  });
});
