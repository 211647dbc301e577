import { describe, expect, it } from "vitest";
import { edit } from "../support/builders.ts";
import { backendReference, routingMap, runServiceOf } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { SYSTEM, all, resourcesOf, synthesize, system } from "./synthesize.ts";
import type { Synthesized } from "./synthesize.ts";

const BEFORE = SYSTEM;
/** A header more, a path more, another image, a WAF that bites. */
const AFTER = `${system(
  ["api@sha256:1111", "api@sha256:4111"],
  ["  identity: {", "  bypass: { name: X-Bypass, arrives: never }\n  identity: {"],
  ["    headers: [authorization, source, identity]", "    headers: [authorization, source, identity, bypass]"],
  ["paths: [/ws]", "paths: [/ws, /ws/*]"],
)}\nedge: { waf: enforce }\n`;

const first = synthesize(BEFORE, "live");
const live = first.candidate!;
const next = synthesize(AFTER, "live", { live, kept: [] });
const promoted = synthesize(AFTER, "live", { live: next.candidate!, kept: [live] });
const settled = synthesize(AFTER, "live", { live: next.candidate!, kept: [] });

const generation = (synthesized: Synthesized, service = "api"): string => synthesized.candidate!.generations[service]!;
const OLD = generation(first);
const NEW = generation(next);

/** Everything of the public edge that is not a Cloud Run service, which old and new generations share. */
function edge({ terraform }: Synthesized): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(resourcesOf(terraform, "public")).filter(([address]) => !address.startsWith("google_cloud_run")),
  );
}

/** Places in which two values differ. */
function differences(a: Json, b: Json, path = ""): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  const both = [a, b].every((value) => typeof value === "object" && value !== null && !Array.isArray(value));
  if (!both) return [path];
  const keys = new Set([...Object.keys(a as object), ...Object.keys(b as object)]);
  return [...keys].sort().flatMap((key) => differences(a[key], b[key], `${path}.${key}`));
}

/** The same, with the keys of every object in the opposite order. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner as unknown)]),
  ) as T;
}

function traffic({ terraform }: Synthesized, service = "api"): string[] {
  return (runServiceOf(terraform, service).traffic as Json[]).map(
    ({ tag, percent = 0, revision }) => `${tag} ${percent} ${revision}`,
  );
}

describe("before the first promotion", () => {
  it("the contract itself is live", () => {
    expect(first.terraform.output.generations.value).toEqual(live.generations);
    expect(first.terraform.output.stamp.value).toBe(live.stamp);
    expect(traffic(first)).toEqual([`g-${OLD} 100 shop-live-api-${OLD}`]);
  });

  it("a release of what the contract says changes nothing", () => {
    expect(synthesize(BEFORE, "live", { live, kept: [] }).text).toBe(first.text);
  });

  it("a release changes nothing whatever the order in which a file holds its parts", () => {
    const two = `${edit(BEFORE, "headers:\n", 'headers:\n  a-cookie: { name: Cookie, send: "s=${token}", arrives: unchanged }\n')}`;
    const made = synthesize(two, "live");
    const [there, back] = [made.candidate!, turned(made.candidate!)];
    expect(JSON.stringify(back)).not.toBe(JSON.stringify(there));
    expect(synthesize(two, "live", { live: back, kept: [] }).text).toBe(made.text);
  });
});

describe("a contract that is not released", () => {
  it("changes nothing of what stands on the public edge", () => {
    expect(edge(next)).toMatchObject(edge(first));
  });

  it("adds only what its own generation needs", () => {
    const added = Object.keys(edge(next)).filter((address) => !(address in edge(first)));
    expect(added.map((address) => address.replace(/[0-9a-f]{8}_.*/, "*")).sort()).toEqual([
      "google_compute_backend_service.backend-api-*",
      "google_compute_backend_service.backend-web-*",
      "google_compute_region_network_endpoint_group.backend-api-*",
      "google_compute_region_network_endpoint_group.backend-web-*",
      "google_compute_security_policy.armor-*",
    ]);
  });

  it("leaves the public URL map's routes, removals and stamp to the release", () => {
    const map = routingMap(next.terraform);
    expect(map.path_matcher[0].route_rules[0].match_rules).toEqual([{ full_path_match: "/ws" }]);
    expect(map.header_action.request_headers_to_remove).toEqual(["X-User-Id"]);
    expect(map.header_action.response_headers_to_add[0].header_value).toBe(live.stamp);
    expect(next.terraform.output.stamp.value).toBe(live.stamp);
  });

  it("leads the preview edge by its own routes, removals and stamp", () => {
    const map = routingMap(next.terraform, "preview");
    expect(map.path_matcher[0].route_rules[1].match_rules).toEqual([
      { full_path_match: "/ws" },
      { prefix_match: "/ws/" },
    ]);
    expect(map.header_action.request_headers_to_remove).toEqual(["X-User-Id", "X-Bypass"]);
    expect(map.header_action.response_headers_to_add[0].header_value).toBe(next.candidate!.stamp);
    expect(next.candidate!.stamp).not.toBe(live.stamp);
  });

  it("leaves all traffic with the old generation, and gives the new one a tag", () => {
    expect(NEW).not.toBe(OLD);
    expect(traffic(next)).toEqual([`g-${OLD} 100 shop-live-api-${OLD}`, `g-${NEW} 0 shop-live-api-${NEW}`]);
    expect(runServiceOf(next.terraform, "api").template.revision).toBe(`shop-live-api-${NEW}`);
  });

  it("has a NEG for each of both generations, each by its tag", () => {
    const tags = all(next.terraform, "google_compute_region_network_endpoint_group").flatMap(
      ({ cloud_run: { tag } }) => (tag as string | undefined) ?? [],
    );
    expect(tags).toEqual(expect.arrayContaining([`g-${OLD}`, `g-${NEW}`]));
  });

  it("has both policies of Cloud Armor, the old one in front of what is live", () => {
    const waf = (reference: string): Json[] =>
      (next.terraform.resource.google_compute_security_policy[/\.([^.]+)\.id\}$/.exec(reference)![1]!].rule as Json[])
        .filter(({ action }) => action === "deny(403)")
        .map(({ preview }) => preview);
    const backendId = routingMap(next.terraform).path_matcher[0].default_service as string;
    const backend = next.terraform.resource.google_compute_backend_service[/\.([^.]+)\.id\}$/.exec(backendId)![1]!];
    expect(waf(backend.security_policy as string)).toEqual([true, true]);
    const others = all(next.terraform, "google_compute_backend_service")
      .map((each) => each.security_policy as string)
      .filter((policy) => policy.includes(".armor-") && policy !== backend.security_policy);
    expect(others.map(waf)).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it("gets certificates for its new hosts, and no names for them", () => {
    const host = `${SYSTEM}  - { host: "new.\${domain}", paths: [/*], service: web }\n`;
    const zoned = (text: string): string =>
      edit(text, "    promotion: preview", "    promotion: preview\n    dns: { zone: z }");
    const { terraform } = synthesize(zoned(host), "live", {
      live: synthesize(zoned(SYSTEM), "live").candidate!,
      kept: [],
    });
    expect(all(terraform, "google_compute_managed_ssl_certificate").map(({ managed }) => managed.domains[0])).toContain(
      "new.example.com",
    );
    expect(JSON.stringify(all(terraform, "google_dns_record_set"))).not.toContain("new.example.com");
    expect(terraform.output.urls.value).toEqual(["https://api.example.com", "https://app.example.com"]);
    expect(routingMap(terraform, "preview").host_rule).toHaveLength(3);
    expect(routingMap(terraform).host_rule).toHaveLength(2);
  });

  it("leaves the check of callers to the release: it is one for all generations", () => {
    const closed = system(
      ["    env: { MODE: plain }", "    env: { MODE: plain }\n    access: iam\n    invokers: [allUsers]"],
      ["name: Authorization", "name: X-Serverless-Authorization"],
    );
    const { terraform } = synthesize(closed, "live", { live, kept: [] });
    expect(runServiceOf(terraform, "api")).toMatchObject({ invoker_iam_disabled: true });
    expect(runServiceOf(terraform, "api")).not.toHaveProperty("custom_audiences");
    expect(runServiceOf(terraform, "api", "preview")).toMatchObject({ invoker_iam_disabled: false });
  });

  it("leaves the old generation the secrets it reads: an instance that starts now needs them", () => {
    const other = edit(AFTER, "secret: api-key", "secret: other-key");
    const { terraform } = synthesize(other, "live", { live, kept: [] });
    const granted = all(terraform, "google_secret_manager_secret_iam_member").map(({ secret_id: id }) => id as string);
    expect(granted.filter((id) => id !== "headgate-key").sort()).toEqual(["api-key", "other-key"]);
    expect(runServiceOf(terraform, "api").depends_on).toHaveLength(2);
  });
});

describe("a promotion", () => {
  it("makes and deletes nothing", () => {
    expect(Object.keys(resourcesOf(promoted.terraform, "public"))).toEqual(
      Object.keys(resourcesOf(next.terraform, "public")),
    );
    expect(resourcesOf(promoted.terraform, "preview")).toEqual(resourcesOf(next.terraform, "preview"));
  });

  it("changes the public URL map, the traffic, and what is said about them", () => {
    const changed = differences(next.terraform, promoted.terraform).map((path) => path.replace(/_[0-9A-F]{8}/g, ""));
    expect(changed).toEqual([
      ".output.generations.value.api",
      ".output.stamp.value",
      ".resource.google_cloud_run_v2_service.service-api_service.traffic",
      ".resource.google_compute_url_map.routing_url-map.header_action.request_headers_to_remove",
      ".resource.google_compute_url_map.routing_url-map.header_action.response_headers_to_add",
      ".resource.google_compute_url_map.routing_url-map.path_matcher",
      ".resource.google_compute_url_map.routing_url-map.test",
    ]);
  });

  it("sends all traffic to the new generation, and keeps the old one by its tag", () => {
    expect(traffic(promoted)).toEqual([`g-${NEW} 100 shop-live-api-${NEW}`, `g-${OLD} 0 shop-live-api-${OLD}`]);
  });

  it("leaves a candidate that is what is live", () => {
    expect(promoted.candidate).toEqual(next.candidate);
    expect(routingMap(settled.terraform)).toEqual(routingMap(promoted.terraform));
  });

  it("is undone by the release of before", () => {
    expect(synthesize(AFTER, "live", { live, kept: [] }).text).toBe(next.text);
  });
});

describe("a release that is kept for its open sockets", () => {
  it("keeps its backend services and NEGs until it is let go", () => {
    const reference = backendReference(first.terraform, "api");
    const id = /\.([^.]+)\.id\}$/.exec(reference)![1]!;
    expect(promoted.terraform.resource.google_compute_backend_service).toHaveProperty([id]);
    expect(settled.terraform.resource.google_compute_backend_service).not.toHaveProperty([id]);
    expect(traffic(settled)).toEqual([`g-${NEW} 100 shop-live-api-${NEW}`]);
  });

  it("may be one of several", () => {
    const third = synthesize(edit(AFTER, "api@sha256:4111", "api@sha256:5111"), "live", {
      live: next.candidate!,
      kept: [live],
    });
    expect(traffic(third).map((each) => each.split(" ").slice(0, 2).join(" "))).toEqual([
      `g-${NEW} 100`,
      `g-${generation(third)} 0`,
      `g-${OLD} 0`,
    ]);
  });

  it("keeps the secrets that its generation reads", () => {
    const other = edit(AFTER, "secret: api-key", "secret: other-key");
    const released = synthesize(other, "live", { live, kept: [] }).candidate!;
    const secrets = (kept: readonly (typeof live)[]): string[] =>
      all(synthesize(other, "live", { live: released, kept }).terraform, "google_secret_manager_secret_iam_member").map(
        ({ secret_id: id }) => id as string,
      );
    expect(secrets([live])).toContain("api-key");
    expect(secrets([])).not.toContain("api-key");
  });
});

describe("a service that the contract no longer declares", () => {
  const without = edit(AFTER, "    service: web\n", "    service: api\n").replace(/ {2}web:\n {4}image: .*\n/, "");
  const removed = synthesize(without, "live", { live, kept: [] });

  it("stays while it is live, with its revision and all its traffic", () => {
    expect(without).not.toContain("web@sha256");
    const before = runServiceOf(first.terraform, "web");
    expect(runServiceOf(removed.terraform, "web")).toEqual(before);
    expect(edge(removed)).toMatchObject(edge(first));
  });

  it("has no place on the preview edge", () => {
    expect(removed.candidate!.generations).not.toHaveProperty("web");
    expect(JSON.stringify(resourcesOf(removed.terraform, "preview"))).not.toContain("witness-web");
  });

  it("stays while it is kept, and goes with the last release that knows it", () => {
    const kept = synthesize(without, "live", { live: removed.candidate!, kept: [live] });
    expect(runServiceOf(kept.terraform, "web").template).toEqual(runServiceOf(first.terraform, "web").template);
    const gone = synthesize(without, "live", { live: removed.candidate!, kept: [] });
    expect(() => runServiceOf(gone.terraform, "web")).toThrow("expected one resource, found 0");
  });
});

describe("a service that is its own witness", () => {
  const own = edit(AFTER, "    env: { MODE: plain }", "    env: { MODE: plain }\n    witness: application");

  it("answers on the preview edge with its candidate, by tag", () => {
    const { terraform, candidate } = synthesize(own, "live", { live, kept: [] });
    const negs = Object.entries<Json>(terraform.resource.google_compute_region_network_endpoint_group);
    const [, body] = negs.find(([each]) => each.startsWith("preview_backend-api-"))!;
    expect(body.cloud_run.tag).toBe(`g-${candidate!.generations["api"]}`);
    expect(body.cloud_run.service).toMatch(/google_cloud_run_v2_service\.service-api_service_/);
    expect(() => runServiceOf(terraform, "api", "preview")).toThrow("expected one resource, found 0");
  });
});

describe("the gate", () => {
  // `synthesize` holds that every resource which is not the preview edge's own waits for it.
  it("asks for a live proof of what production is built from, never of the candidate", () => {
    const asked = ({ text }: Synthesized): unknown => JSON.parse(text).resource.terraform_data["headgate-first"].input;
    expect(asked(first)).toBe(live.stamp);
    expect(asked(next)).toBe(live.stamp);
    expect(asked(promoted)).toBe(next.candidate!.stamp);
    expect(JSON.parse(synthesize(SYSTEM, "trial").text).resource.terraform_data).not.toHaveProperty("headgate-first");
  });
});

describe("an environment with promotion: direct", () => {
  it("takes no notice of a release", () => {
    expect(synthesize(SYSTEM, "trial", { live, kept: [] }).text).toBe(synthesize(SYSTEM, "trial").text);
    expect(synthesize(SYSTEM, "trial").candidate).toBeUndefined();
  });
});

describe("a release of another system", () => {
  it.each([
    ["name", /name: shop/g, "name: store"],
    ["project", /project: [a-z-]+/g, "project: example-elsewhere"],
    ["region", /us-central1/g, "europe-west1"],
    ["kind of certificates", /promotion: preview/g, "certificates: certificate-manager\n    promotion: preview"],
  ] as const)("is refused with the environment's line: another %s", (_, from, to) => {
    const moved = BEFORE.replace(from, to);
    expect(moved).not.toBe(BEFORE);
    expect(() => synthesize(moved, "live", { live, kept: [] })).toThrow(
      /^headgate\.yaml:\d+:\d+ {2}environments\.live: is live as shop, .* in release\.json; build the new one/,
    );
  });
});

it("gives a NEG with a tag another name than one without: a NEG cannot change, and two of one name cannot stand side by side", () => {
  const direct = SYSTEM.replace(/promotion: preview[\s\S]*?(?=\n\S|\n {2}\S)/, "promotion: direct");
  const names = (synthesized: Synthesized): string[] =>
    all(synthesized.terraform, "google_compute_region_network_endpoint_group").map(({ name }) => name as string);
  const before = names(synthesize(direct, "live"));
  expect(before.length).toBeGreaterThan(0);
  expect(names(first).filter((name) => before.includes(name))).toEqual([]);
});
