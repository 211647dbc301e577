import fc from "fast-check";
import { BACKENDS, headerName, headerValue, often } from "./any-route.ts";
import type { Plain } from "./terraform.ts";
import type { Balancer } from "./types.ts";

/** Cloud Run services behind the backends, by the names that masks find them by. */
const SERVICES: Readonly<Record<(typeof BACKENDS)[number], string>> = { red: "api", green: "orders", blue: "app" };

/** One in so many. */
const oneIn = <T>(count: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: count - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const INGRESS = ["INTERNAL_LOAD_BALANCER", "ALL"].map((name) => `INGRESS_TRAFFIC_${name}`);
const LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";

/** A Cloud Run service, and who may call it. */
const service: fc.Arbitrary<{ readonly body: Plain; readonly isPublic: boolean }> = fc
  .record({
    ingress: often(fc.constantFrom(...INGRESS), fc.constant("INGRESS_TRAFFIC_INTERNAL_ONLY"), 30),
    invoker: fc.constantFrom("off", "off", "off", "off", "everybody", "closed"),
    port: fc.constantFrom("http1", "http1", "http1", "http1", "h2c", undefined),
    iap: oneIn(15, fc.constant(true)),
  })
  .map(({ ingress, invoker, port, iap }) => ({
    isPublic: invoker === "everybody",
    body: {
      location: "us-central1",
      ingress,
      ...(invoker === "off" && { invoker_iam_disabled: true }),
      ...(iap === true && { iap_enabled: true }),
      template: {
        containers: [{ image: "us-docker.pkg.dev/example/echo", ...(port !== undefined && { ports: { name: port } }) }],
      },
      traffic: [
        { type: LATEST, percent: 100 },
        { type: LATEST, tag: "next" },
      ],
    },
  }));

/** How a NEG finds its service: by reference, by name, by a tag of it, or by a mask. */
const cloudRunOf = (name: keyof typeof SERVICES): fc.Arbitrary<Plain> => {
  const reference = { service: `\${google_cloud_run_v2_service.${name}.name}` };
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(reference) },
    { weight: 1, arbitrary: fc.constant({ service: SERVICES[name] }) },
    { weight: 1, arbitrary: fc.constant({ ...reference, tag: "next" }) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom("<service>.example.com", "/<service>", "<tag>.example.com/<service>", "/api/<service>")
        .map((url_mask) => ({ url_mask })),
    },
  );
};

const EXPRESSIONS = [
  "request.path.startsWith('/api/')",
  "request.path == '/ws' && inIpRange(origin.ip, '203.0.113.0/24')",
  "inIpRange(origin.ip, '2001:db8::/32')",
  "request.headers['x-a'] == 'c'",
  "request.headers['x-tenant'].lower() == 'c'",
];
const armorAction: fc.Arbitrary<Plain> = fc.oneof(
  fc.constantFrom("allow", "deny(403)", "deny(404)", "throttle").map((action) => ({ action })),
  fc.constant({
    action: "redirect",
    redirect_options: { type: "EXTERNAL_302", target: "https://example.com/elsewhere" },
  }),
  fc.tuple(headerName, fc.constantFrom("armor", "c")).map(([header_name, header_value]) => ({
    action: "allow",
    header_action: { request_headers_to_adds: [{ header_name, header_value }] },
  })),
);
const EVERYTHING = {
  action: "allow",
  priority: 2_147_483_647,
  match: { versioned_expr: "SRC_IPS_V1", config: { src_ip_ranges: ["*"] } },
};

/** A security policy with one rule before the last one. */
const policy: fc.Arbitrary<Plain> = fc
  .record({ action: armorAction, expression: fc.constantFrom(...EXPRESSIONS), preview: oneIn(5, fc.constant(true)) })
  .map(({ action, expression, preview }) => ({
    rule: [
      { priority: 7, ...action, match: { expr: { expression } }, ...(preview === true && { preview }) },
      EVERYTHING,
    ],
  }));

const CACHES = ["USE_ORIGIN_HEADERS", "CACHE_ALL_STATIC", "FORCE_CACHE_ALL"];
const cache: fc.Arbitrary<Plain> = fc
  .tuple(fc.constantFrom(...CACHES), oneIn(2, fc.constant([{ header_name: "Authorization" }])))
  .map(([cache_mode, bypass]) => ({
    cache_mode,
    ...(bypass !== undefined && { bypass_cache_on_request_headers: bypass }),
  }));

interface Behind {
  readonly backend: Plain;
  readonly cloudRun: Plain;
  readonly service: { readonly body: Plain; readonly isPublic: boolean };
  readonly policy: Plain;
}

const SCHEME: Readonly<Record<Balancer, string>> = {
  global: "EXTERNAL_MANAGED",
  classic: "EXTERNAL",
  regional: "EXTERNAL_MANAGED",
};

/** A backend service of a balancer, with what stands behind it. */
function behind(name: keyof typeof SERVICES, balancer: Balancer): fc.Arbitrary<Behind> {
  const custom = fc.array(
    fc.tuple(headerName, headerValue).map(([own, value]) => `${own}: ${value}`),
    { minLength: 1, maxLength: 2 },
  );
  const isRegional = balancer === "regional";
  return fc
    .record({
      custom: oneIn(isRegional ? 20 : 2, custom),
      protocol: often(fc.constant("HTTPS"), fc.constantFrom("HTTP", "HTTP2")),
      timeout: oneIn(40, fc.constantFrom(30, 3600)),
      iap: oneIn(8, fc.boolean()),
      cache: oneIn(12, cache),
      policy: isRegional ? fc.constant(undefined) : oneIn(3, policy),
      cloudRun: cloudRunOf(name),
      service,
    })
    .map((drawn) => ({
      cloudRun: drawn.cloudRun,
      service: drawn.service,
      policy: drawn.policy,
      backend: {
        load_balancing_scheme: SCHEME[balancer],
        protocol: drawn.protocol,
        backend: [{ group: `\${google_compute_region_network_endpoint_group.${name}.id}` }],
        ...(drawn.custom !== undefined && { custom_request_headers: drawn.custom }),
        ...(drawn.timeout !== undefined && { timeout_sec: drawn.timeout }),
        ...(drawn.iap !== undefined && { iap: { enabled: drawn.iap } }),
        ...(drawn.cache !== undefined && { enable_cdn: true, cdn_policy: drawn.cache }),
        ...(drawn.policy !== undefined && { security_policy: `\${google_compute_security_policy.${name}.id}` }),
      },
    }));
}

/** Terraform resources of three backends, their NEGs, policies and Cloud Run services, by type and name. */
export function anyBackends(balancer: Balancer): fc.Arbitrary<Plain> {
  const type = balancer === "regional" ? "google_compute_region_backend_service" : "google_compute_backend_service";
  return fc.tuple(...BACKENDS.map((name) => behind(name, balancer))).map((all) => {
    const byName = (read: (each: Behind, name: keyof typeof SERVICES) => Plain): Plain =>
      Object.fromEntries(
        all
          .map((each, at) => [BACKENDS[at]!, read(each, BACKENDS[at]!) as unknown])
          .filter(([, body]) => body !== undefined),
      );
    return {
      [type]: byName(({ backend }) => backend),
      google_compute_region_network_endpoint_group: byName(({ cloudRun }) => ({
        network_endpoint_type: "SERVERLESS",
        region: "us-central1",
        cloud_run: cloudRun,
      })),
      google_compute_security_policy: byName(({ policy: own }) => own),
      google_cloud_run_v2_service: byName(({ service: own }, name) => ({ name: SERVICES[name], ...own.body })),
      google_cloud_run_v2_service_iam_member: byName(({ service: { isPublic } }, name) =>
        isPublic
          ? {
              name: `\${google_cloud_run_v2_service.${name}.name}`,
              role: "roles/run.invoker",
              member: "allUsers",
            }
          : undefined,
      ),
    };
  });
}
