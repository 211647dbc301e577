import { describe, expect, it } from "vitest";
import type { Problem } from "../../../probes/facts/provenance.ts";
import { KNOWN_ATTRIBUTES, unheardOf } from "../../../probes/model/attributes.ts";
import type { BlockKind } from "../../../probes/model/attributes.ts";
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

const MAPS = ["google_compute_url_map", "google_compute_region_url_map"] as const;
const [MAP] = MAPS;
const inMaps = (path: string): string[] => MAPS.map((type) => `${type} ${path}`);
const RULE = "path_matcher route_rules";
const ACTIONS = ["path_matcher default_route_action", "path_matcher path_rule route_action", `${RULE} route_action`];
/** Below a route action, wherever one stands in either kind of map. */
const inActions = (path = ""): string[] =>
  [...ACTIONS.flatMap(inMaps), `${MAP} default_route_action`].map((action) => `${action} ${path}`.trim());
const levels = (path = ""): string[] =>
  [
    `${MAP} header_action`,
    `${MAP} path_matcher header_action`,
    ...inMaps(`${RULE} header_action`),
    ...inActions("weighted_backend_services header_action"),
  ].map((level) => `${level} ${path}`.trim());

/** Where blocks of the URL map stand. */
const URL_MAP_PLACES: Partial<Record<BlockKind, readonly string[]>> = {
  urlMap: MAPS,
  redirect: [
    "default_url_redirect",
    "path_matcher default_url_redirect",
    "path_matcher path_rule url_redirect",
    `${RULE} url_redirect`,
  ].flatMap(inMaps),
  hostRule: inMaps("host_rule"),
  pathMatcher: inMaps("path_matcher"),
  pathRule: inMaps("path_matcher path_rule"),
  routeRule: inMaps(RULE),
  matchRule: inMaps(`${RULE} match_rules`),
  headerMatch: inMaps(`${RULE} match_rules header_matches`),
  rangeMatch: inMaps(`${RULE} match_rules header_matches range_match`),
  queryMatch: inMaps(`${RULE} match_rules query_parameter_matches`),
  routeAction: inActions(),
  weightedService: inActions("weighted_backend_services"),
  urlRewrite: inActions("url_rewrite"),
  fault: inActions("fault_injection_policy"),
  faultAbort: inActions("fault_injection_policy abort"),
  faultDelay: inActions("fault_injection_policy delay"),
  duration: [...inActions("timeout"), ...inActions("fault_injection_policy delay fixed_delay")],
  retryPolicy: inActions("retry_policy"),
  mirrorPolicy: inActions("request_mirror_policy"),
  corsPolicy: inActions("cors_policy"),
  headerAction: levels(),
  headerToAdd: [...levels("request_headers_to_add"), ...levels("response_headers_to_add")],
};

/** Where blocks of a kind stand in the provider's schema: resource type, and block names below it. */
const PLACES: Partial<Record<BlockKind, readonly string[]>> = {
  ...URL_MAP_PLACES,
  forwardingRule: ["google_compute_global_forwarding_rule"],
  regionForwardingRule: ["google_compute_forwarding_rule"],
  httpsProxy: ["google_compute_target_https_proxy"],
  regionHttpsProxy: ["google_compute_region_target_https_proxy"],
  httpProxy: ["google_compute_target_http_proxy"],
  regionHttpProxy: ["google_compute_region_target_http_proxy"],
  certificate: ["google_compute_managed_ssl_certificate"],
  managed: ["google_compute_managed_ssl_certificate managed"],
  ownCertificate: ["google_compute_ssl_certificate", "google_compute_region_ssl_certificate"],
  certificateMap: ["google_certificate_manager_certificate_map"],
  certificateMapEntry: ["google_certificate_manager_certificate_map_entry"],
  managerCertificate: ["google_certificate_manager_certificate"],
  managerManaged: ["google_certificate_manager_certificate managed"],
  managerOwn: ["google_certificate_manager_certificate self_managed"],
  backendService: ["google_compute_backend_service"],
  regionBackendService: ["google_compute_region_backend_service"],
  backend: ["google_compute_backend_service backend", "google_compute_region_backend_service backend"],
  iap: ["google_compute_backend_service iap", "google_compute_region_backend_service iap"],
  backendBucket: ["google_compute_backend_bucket"],
  neg: ["google_compute_region_network_endpoint_group"],
  cloudRunOfNeg: ["google_compute_region_network_endpoint_group cloud_run"],
  securityPolicy: ["google_compute_security_policy"],
  regionSecurityPolicy: ["google_compute_region_security_policy"],
  armorRule: ["google_compute_security_policy rule", "google_compute_region_security_policy rules"],
  armorRuleResource: ["google_compute_security_policy_rule", "google_compute_region_security_policy_rule"],
  armorMatch: ["google_compute_security_policy rule match", "google_compute_region_security_policy rules match"],
  armorConfig: ["google_compute_security_policy rule match config"],
  armorExpr: ["google_compute_security_policy rule match expr"],
  armorRedirect: ["google_compute_security_policy rule redirect_options"],
  armorHeaderAction: ["google_compute_security_policy rule header_action"],
  armorHeaderToAdd: ["google_compute_security_policy rule header_action request_headers_to_adds"],
  cdnPolicy: [
    "google_compute_backend_service cdn_policy",
    "google_compute_region_backend_service cdn_policy",
    "google_compute_backend_bucket cdn_policy",
  ],
  bypassHeader: ["google_compute_backend_service cdn_policy bypass_cache_on_request_headers"],
  runService: ["google_cloud_run_v2_service"],
  traffic: ["google_cloud_run_v2_service traffic"],
  template: ["google_cloud_run_v2_service template"],
  container: ["google_cloud_run_v2_service template containers"],
  ports: ["google_cloud_run_v2_service template containers ports"],
  invoker: ["google_cloud_run_v2_service_iam_member", "google_cloud_run_v2_service_iam_binding"],
  invokerV1: ["google_cloud_run_service_iam_member", "google_cloud_run_service_iam_binding"],
  runV1: ["google_cloud_run_service"],
  runV1Metadata: ["google_cloud_run_service metadata", "google_cloud_run_service template metadata"],
  runV1Template: ["google_cloud_run_service template"],
  runV1Spec: ["google_cloud_run_service template spec"],
  runV1Container: ["google_cloud_run_service template spec containers"],
  runV1Ports: ["google_cloud_run_service template spec containers ports"],
  runV1Traffic: ["google_cloud_run_service traffic"],
};

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
