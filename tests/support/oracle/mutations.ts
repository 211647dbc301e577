import fc from "fast-check";
import { backendOf, backendReference, routingMap, runServiceOf } from "../reference.ts";
import { many } from "./terraform.ts";
import type { Plain } from "./terraform.ts";

/** One random change of the reference system in staging; `say` is what a failure prints. */
export interface Mutation {
  readonly say: string;
  readonly apply: (terraform: Plain) => void;
}

const NAMES = [
  "X-A",
  "x-request-source",
  "Authorization",
  "Cookie",
  "Origin",
  "Sec-WebSocket-Protocol",
  "X-Forwarded-For",
  "X-Forwarded-Proto",
  "X-Cloud-Trace-Context",
  "X-E2E-Bypass",
];
const REMOVED = [...NAMES, "Via", "Sec-WebSocket-Key", "Upgrade", "Connection", "Host", "X-Goog-Iap-Jwt-Assertion"];
const ADDED = [...NAMES, "Via", "Connection", "X-Goog-A"];
const VALUES = [
  "edge",
  "",
  "{client_ip_address}",
  "for {client_ip_address}",
  "{authorization}",
  "{origin_request_header}",
  "near {client_region}",
  "{{braced}}",
  "$${not_an_expression}",
  "${var.it}",
  "a-${var.it}",
];
const SERVICES = ["backend", "auth", "frontend"] as const;

const service = fc.constantFrom(...SERVICES);
const nth = fc.nat({ max: 9 });

/** The blocks of the routing map that may hold a header action, chosen by number. */
function levelAt(terraform: Plain, drawn: number): Plain {
  const map = routingMap(terraform);
  const matchers = many(map, "path_matcher");
  const all = [map, ...matchers, ...matchers.flatMap((matcher) => many(matcher, "route_rules"))];
  return all[drawn % all.length];
}

function ruleAt(terraform: Plain, drawn: number): Plain {
  const rules = many(routingMap(terraform), "path_matcher").flatMap((matcher) => many(matcher, "route_rules"));
  return rules[drawn % rules.length];
}

function mutation(name: string, drawn: unknown[], apply: (terraform: Plain) => void): Mutation {
  return { say: `${name} ${JSON.stringify(drawn)}`, apply };
}

const header = fc.tuple(nth, fc.constantFrom(...ADDED), fc.constantFrom(...VALUES), fc.boolean());

const addHeader = header.map((drawn) => {
  const [level, header_name, header_value, replace] = drawn;
  return mutation("adds", drawn, (terraform) => {
    const action = (levelAt(terraform, level).header_action ??= {});
    (action.request_headers_to_add ??= []).push({ header_name, header_value, replace });
  });
});

const removeHeader = fc.tuple(nth, fc.constantFrom(...REMOVED)).map((drawn) =>
  mutation("removes", drawn, (terraform) => {
    const action = (levelAt(terraform, drawn[0]).header_action ??= {});
    (action.request_headers_to_remove ??= []).push(drawn[1]);
  }),
);

const dropActions = nth.map((level) =>
  mutation("drops the actions", [level], (terraform) => delete levelAt(terraform, level).header_action),
);

const customHeader = fc.tuple(service, fc.constantFrom(...ADDED, "Host"), fc.constantFrom(...VALUES)).map((drawn) =>
  mutation("custom header", drawn, (terraform) => {
    const backend = backendOf(terraform, drawn[0]);
    (backend.custom_request_headers ??= []).push(`${drawn[1]}: ${drawn[2]}`);
  }),
);

const priority = fc
  .tuple(nth, fc.nat({ max: 40 }))
  .map((drawn) =>
    mutation("priority", drawn, (terraform) => (ruleAt(terraform, drawn[0]).priority = drawn[1] * 7 + 1)),
  );

const MATCHES = [
  { prefix_match: "/" },
  { prefix_match: "/ws" },
  { prefix_match: "/ws*" },
  { full_path_match: "/WS", ignore_case: true },
  { full_path_match: "/api" },
  { full_path_match: "//ws" },
];
const match = fc.tuple(nth, fc.constantFrom(...MATCHES), fc.boolean()).map((drawn) =>
  mutation("match", drawn, (terraform) => {
    const rule = ruleAt(terraform, drawn[0]);
    rule.match_rules = drawn[2] ? [...many(rule, "match_rules"), { ...drawn[1] }] : { ...drawn[1] };
  }),
);

const REDIRECTS = [
  { https_redirect: true, strip_query: true },
  { https_redirect: false, strip_query: false, redirect_response_code: "FOUND" },
  { https_redirect: true, strip_query: false, redirect_response_code: "PERMANENT_REDIRECT" },
];
const redirect = fc.tuple(nth, fc.constantFrom(...REDIRECTS)).map((drawn) =>
  mutation("redirect", drawn, (terraform) => {
    const rule = ruleAt(terraform, drawn[0]);
    delete rule.service;
    delete rule.header_action;
    rule.url_redirect = { ...drawn[1] };
  }),
);

const swap = fc.tuple(nth, service).map((drawn) =>
  mutation("to another backend", drawn, (terraform) => {
    const rule = ruleAt(terraform, drawn[0]);
    if (rule.url_redirect === undefined) rule.service = backendReference(terraform, drawn[1]);
  }),
);

const port = service.map((name) =>
  mutation("h2c", [name], (terraform) => (runServiceOf(terraform, name).template.containers[0].ports.name = "h2c")),
);

const INGRESS = ["INTERNAL_ONLY", "ALL", "INTERNAL_LOAD_BALANCER"].map((name) => `INGRESS_TRAFFIC_${name}`);
const ingress = fc
  .tuple(service, fc.constantFrom(...INGRESS))
  .map((drawn) => mutation("ingress", drawn, (terraform) => (runServiceOf(terraform, drawn[0]).ingress = drawn[1])));

const iam = fc.tuple(service, fc.constantFrom("closed", "all users", "one account")).map((drawn) =>
  mutation("invoker", drawn, (terraform) => {
    const [name, who] = drawn;
    const run = runServiceOf(terraform, name);
    delete run.invoker_iam_disabled;
    if (who === "closed") return;
    const key = Object.entries(terraform.resource.google_cloud_run_v2_service as object).find(
      ([, body]) => body === run,
    )![0];
    (terraform.resource.google_cloud_run_v2_service_iam_member ??= {})[`invoker-${name}`] = {
      name: `\${google_cloud_run_v2_service.${key}.name}`,
      location: "us-central1",
      role: "roles/run.invoker",
      member: who === "all users" ? "allUsers" : "serviceAccount:a@example.iam.gserviceaccount.com",
    };
  }),
);

const EXPRESSIONS = [
  "request.path.startsWith('/api/')",
  "request.path == '/ws' && inIpRange(origin.ip, '203.0.113.0/24')",
  "inIpRange(origin.ip, '2001:db8::/32')",
  "request.headers['x-a'] == 'c'",
  "request.headers['x-a'] == '${var.it}'",
  "evaluatePreconfiguredWaf('sqli-v33-stable', {'sensitivity': 1})",
];
const armor = fc
  .tuple(
    fc.constantFrom(...EXPRESSIONS),
    fc.constantFrom("allow", "deny(403)", "deny(404)", "deny(502)"),
    fc.boolean(),
    fc.constantFrom(1, 1500, 3000),
  )
  .map((drawn) =>
    mutation("policy", drawn, (terraform) => {
      const [expression, action, preview, level] = drawn;
      const [policy] = Object.values<Plain>(terraform.resource.google_compute_security_policy);
      policy.rule.push({ action, preview, priority: level, match: { expr: { expression } } });
    }),
  );

const protocol = fc
  .tuple(service, fc.constantFrom("HTTP", "HTTPS", "HTTP2"))
  .map((drawn) => mutation("protocol", drawn, (terraform) => (backendOf(terraform, drawn[0]).protocol = drawn[1])));

const cache = fc
  .tuple(service, fc.constantFrom("USE_ORIGIN_HEADERS", "CACHE_ALL_STATIC", "FORCE_CACHE_ALL"))
  .map((drawn) =>
    mutation("cache", drawn, (terraform) =>
      Object.assign(backendOf(terraform, drawn[0]), { enable_cdn: true, cdn_policy: { cache_mode: drawn[1] } }),
    ),
  );

/** One to four random changes, applied in this order to one copy. */
export const anyMutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: addHeader },
    { weight: 4, arbitrary: removeHeader },
    { weight: 1, arbitrary: dropActions },
    { weight: 4, arbitrary: customHeader },
    { weight: 2, arbitrary: priority },
    { weight: 2, arbitrary: match },
    { weight: 1, arbitrary: redirect },
    { weight: 2, arbitrary: swap },
    { weight: 1, arbitrary: port },
    { weight: 1, arbitrary: ingress },
    { weight: 1, arbitrary: iam },
    { weight: 2, arbitrary: armor },
    { weight: 1, arbitrary: protocol },
    { weight: 1, arbitrary: cache },
  ),
  { minLength: 1, maxLength: 4 },
);
