import fc from "fast-check";
import type { Plain } from "./terraform.ts";

/** Backend services of a random configuration; each is an address that the rules of its map refer to. */
export const BACKENDS = ["red", "green", "blue"] as const;

export const backend = fc.constantFrom(...BACKENDS);

const NAMES = ["X-A", "x-b", "Authorization", "Cookie", "Origin", "Sec-WebSocket-Protocol", "X-Forwarded-For"];
const MORE = ["X-Forwarded-Proto", "X-Cloud-Trace-Context", "X-Tenant", "Via", "X-Serverless-Authorization"];
const RESERVED = ["Host", "Connection", "Upgrade", "X-Goog-A", "Sec-WebSocket-Key", "X-Goog-Iap-Jwt-Assertion"];
const OF_A_REWRITE = ["X-Envoy-Original-Path", "x-client-request-url"];
const VALUES = [
  "edge",
  "",
  "{client_ip_address}",
  "for {client_ip_address}",
  "{authorization}",
  "{origin_request_header}",
  "{tls_sni_hostname}:{server_port}",
  "near {client_region}",
  "{{braced}}",
  "a-${var.it}",
  "Bearer ${var.it}",
];

const often = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 9): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

export const headerName = often(fc.constantFrom(...NAMES, ...MORE), fc.constantFrom(...RESERVED), 12);
export const headerValue = fc.constantFrom(...VALUES);

/** Header actions of one level; seldom none at all. */
export const headerAction: fc.Arbitrary<Plain> = fc.record(
  {
    request_headers_to_add: fc.array(
      fc.record({ header_name: headerName, header_value: headerValue, replace: fc.boolean() }),
      { maxLength: 2 },
    ),
    request_headers_to_remove: fc.array(often(headerName, fc.constantFrom(...OF_A_REWRITE)), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const HEADER_PREDICATES: readonly Plain[] = [
  { present_match: true },
  { exact_match: "c" },
  { prefix_match: "Bearer " },
  { suffix_match: "two" },
  { range_match: { range_start: 1, range_end: 10 } },
];
const headerMatch: fc.Arbitrary<Plain> = fc
  .tuple(
    fc.constantFrom("X-Tenant", "x-a", "Authorization", "Sec-WebSocket-Protocol", "Upgrade", ":method", ":authority"),
    fc.constantFrom(...HEADER_PREDICATES, { exact_match: "GET" }, { exact_match: "api.example.com" }),
    fc.option(fc.boolean(), { nil: undefined, freq: 2 }),
  )
  .map(([header_name, predicate, invert_match]) => ({
    header_name,
    ...predicate,
    ...(invert_match !== undefined && { invert_match }),
  }));
const queryMatch: fc.Arbitrary<Plain> = fc
  .tuple(fc.constantFrom("a", "b"), fc.constantFrom({ exact_match: "1" }, { present_match: true }))
  .map(([name, predicate]) => ({ name, ...predicate }));

const TEMPLATES = ["/rooms/{room}/ws", "/rooms/{room=*}/**", "/api/*", "/api/{rest=**}", "/**", "/*/live"];
const PREFIXES = ["/", "/ws", "/ws/", "/ws*", "/api", "/rooms/", "/WS"];

interface PathMatch {
  readonly path: Plain;
  /** Variables of a template. */
  readonly variables: readonly string[];
}
const plainPath = (name: string, texts: readonly string[]): fc.Arbitrary<PathMatch> =>
  fc
    .tuple(fc.constantFrom(...texts), fc.option(fc.boolean(), { nil: undefined, freq: 2 }))
    .map(([text, ignore_case]) => ({
      path: { [name]: text, ...(ignore_case !== undefined && { ignore_case }) },
      variables: [],
    }));
const templatePath: fc.Arbitrary<PathMatch> = fc.constantFrom(...TEMPLATES).map((text) => ({
  path: { path_template_match: text },
  variables: [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name!),
}));
const pathMatch = fc.oneof(
  { weight: 5, arbitrary: plainPath("prefix_match", PREFIXES) },
  { weight: 3, arbitrary: plainPath("full_path_match", ["/ws", "/api", "/WS", "//ws", "/orders"]) },
  { weight: 2, arbitrary: templatePath },
);

const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: fc.array(one, { maxLength: 2 }) });

/** One alternative of a route rule. */
export const matchRule: fc.Arbitrary<{ readonly match: Plain; readonly variables: readonly string[] }> = fc
  .record({ path: pathMatch, headers: few(headerMatch), queries: few(queryMatch) })
  .map(({ path: { path, variables }, headers, queries }) => ({
    variables,
    match: {
      ...path,
      ...(headers.length > 0 && { header_matches: headers }),
      ...(queries.length > 0 && { query_parameter_matches: queries }),
    },
  }));

const RESPONSE_CODES = ["FOUND", "SEE_OTHER", "TEMPORARY_REDIRECT", "PERMANENT_REDIRECT", "MOVED_PERMANENTLY_DEFAULT"];
const redirectPath = fc.constantFrom<Plain>({}, {}, { path_redirect: "/moved" }, { prefix_redirect: "/new" });

/** A redirect by its parts; `mayMatch`: whether a prefix has something to take the place of. */
export const redirect = (mayMatch: boolean): fc.Arbitrary<Plain> =>
  fc
    .tuple(
      fc.record({ https_redirect: fc.boolean(), strip_query: fc.boolean() }),
      fc.record(
        { redirect_response_code: fc.constantFrom(...RESPONSE_CODES), host_redirect: fc.constant("new.example.com") },
        { requiredKeys: [] },
      ),
      mayMatch ? redirectPath : redirectPath.map(({ prefix_redirect: _, ...rest }: Plain) => rest),
    )
    .map(([flags, texts, path]) => ({ ...flags, ...texts, ...path }));

/** A rewrite; its template names the variables that the match has. */
export function rewrite(variables: readonly string[]): fc.Arbitrary<Plain> {
  const host = fc.constantFrom<Plain>({}, { host_rewrite: "inner.example.com" });
  const template = variables.map((name) => `{${name}}`).join("/");
  const path =
    variables.length > 0
      ? fc.constantFrom<Plain>({}, { path_template_rewrite: `/t/${template}` })
      : fc.constantFrom<Plain>({}, { path_prefix_rewrite: "/new" }, { path_prefix_rewrite: "/new/" });
  return fc
    .tuple(host, path)
    .map(([one, other]) => ({ ...one, ...other }))
    .filter((own) => Object.keys(own as object).length > 0);
}

const fault = (shares: readonly number[]): fc.Arbitrary<Plain> =>
  fc
    .tuple(fc.constantFrom(...shares), fc.constantFrom(418, 503))
    .map(([percentage, http_status]) => ({ abort: { percentage, http_status } }));
const cors: fc.Arbitrary<Plain> = fc.record(
  {
    disabled: fc.boolean(),
    allow_origins: fc.constantFrom(["https://app.example.com"], ["*"], ["https://other.example.org"]),
    allow_origin_regexes: fc.constant(["https://.*\\.example\\.com"]),
    allow_methods: fc.constant(["GET"]),
    allow_credentials: fc.boolean(),
    max_age: fc.constant(60),
  },
  { requiredKeys: ["disabled"] },
);

/** What a route does besides choosing a destination; chance decides nothing where it decides among services. */
export function extras(isWeighted: boolean): fc.Arbitrary<Plain> {
  const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
  return fc
    .record({
      timeout: seldom(fc.constant({ seconds: 30 })),
      retry_policy: seldom(fc.constant({ num_retries: 1, retry_conditions: ["5xx"] })),
      fault_injection_policy: seldom(fault(isWeighted ? [0, 100] : [0, 0, 50, 100])),
      cors_policy: seldom(cors),
    })
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Plain);
}

export { often };
