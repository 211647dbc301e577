import fc from "fast-check";
import { anyBackends } from "./any-backend.ts";
import { backend, extras, headerAction, matchRule, often, redirect, rewrite } from "./any-route.ts";
import type { Plain } from "./terraform.ts";
import type { Balancer } from "./types.ts";

/** A whole configuration, as Terraform JSON. */
export interface Configuration {
  readonly balancer: Balancer;
  readonly terraform: Plain;
}

const HOSTS = ["api.example.com", "app.example.com", "ws.eu.example.com", "x-app.example.com", "orders.example.com"];
const PATTERNS = ["*", "*.example.com", "*.eu.example.com", "*-app.example.com", "api.example.com:8443"];
const PATHS = ["/ws", "/ws/*", "/api", "/api/*", "/api/v1/*", "/*", "/rooms/*", "/orders", "/orders/*", "/rooms/7/ws"];

/** Hosts and paths that a request to such a configuration may ask for: those of the rules, and near misses. */
export const ASKED = {
  hosts: [...HOSTS, "API.Example.COM", "deep.ws.eu.example.com", "nobody.example.org"],
  paths: [
    ...["/ws", "/ws/", "/ws/live", "/wsx", "/WS", "//ws", "/ws*", "/", "/api", "/api/", "/api/v1", "/api/v1/items"],
    ...["/rooms/7/ws", "/rooms/7", "/rooms//ws", "/rooms/", "/orders", "/orders/live", "/api\\v1", "/ws/../api/x"],
  ],
} as const;

interface Target {
  readonly isWeighted: boolean;
  readonly at: (service: string) => Plain;
}

const reference = (balancer: Balancer, name: string): string =>
  `\${google_compute_${balancer === "regional" ? "region_" : ""}backend_service.${name}.id}`;

/** One service, or several by weight. */
function target(balancer: Balancer, hasActions: boolean): fc.Arbitrary<Target> {
  const single = backend.map((name): Target => ({
    isWeighted: false,
    at: (service) => ({ [service]: reference(balancer, name) }),
  }));
  if (balancer === "classic") return single;
  const choice = fc
    .record({
      name: backend,
      weight: fc.constantFrom(0, 1, 50, 950),
      action: hasActions ? headerAction : fc.constant({}),
    })
    .map(({ name, weight, action }) => ({
      backend_service: reference(balancer, name),
      weight,
      ...(Object.keys(action as object).length > 0 && { header_action: action }),
    }));
  const several = fc
    .array(choice, { minLength: 1, maxLength: 3 })
    .filter((all) => all.some(({ weight }) => weight > 0))
    .map((weighted_backend_services): Target => ({ isWeighted: true, at: () => ({ weighted_backend_services }) }));
  return fc.oneof({ weight: 5, arbitrary: single }, { weight: 1, arbitrary: several });
}

/** Where requests go, and what is done on the way; `prefix` is that of the attributes of a default. */
function way(balancer: Balancer, prefix: "" | "default_", variables?: readonly string[]): fc.Arbitrary<Plain> {
  const isTemplate = variables !== undefined;
  const action = `${prefix}route_action`;
  const isRich = balancer !== "classic";
  const toBackend = target(balancer, isRich).chain((chosen) =>
    fc
      .record({
        url_rewrite: fc.oneof(
          { weight: 3, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: rewrite(variables ?? []) },
        ),
        extra: isRich ? extras(chosen.isWeighted) : fc.constant({}),
      })
      .map(({ url_rewrite, extra }): Plain => {
        const where = chosen.at(`${prefix}service`);
        const doing = { ...(url_rewrite !== undefined && { url_rewrite }), ...extra, ...(chosen.isWeighted && where) };
        return { ...(!chosen.isWeighted && where), ...(Object.keys(doing).length > 0 && { [action]: doing }) };
      }),
  );
  const redirected = redirect(!isTemplate).map((to): Plain => ({ [`${prefix}url_redirect`]: to }));
  return fc.oneof({ weight: 9, arbitrary: toBackend }, { weight: 1, arbitrary: redirected });
}

const withActions = (balancer: Balancer, weight: number, block: fc.Arbitrary<Plain>): fc.Arbitrary<Plain> => {
  const none: fc.Arbitrary<Plain> = fc.constant({});
  const some = headerAction.map((header_action): Plain => ({ header_action }));
  // U9: one configuration of many shows that it is refused.
  const action =
    balancer === "classic"
      ? often(none, some, 40)
      : fc.oneof({ weight: 2, arbitrary: none }, { weight, arbitrary: some });
  return fc.tuple(block, action).map(([own, more]) => ({ ...own, ...more }));
};

function routeRules(balancer: Balancer): fc.Arbitrary<Plain> {
  const rule = fc.array(matchRule, { minLength: 1, maxLength: 3 }).chain((matches) => {
    const [first] = matches;
    // A rewrite by template needs the variables in whatever has matched.
    const alike = matches.every(({ variables }) => variables.join() === first!.variables.join());
    const isTemplate = matches.some(({ match }) => match.path_template_match !== undefined);
    const kept = alike || !isTemplate ? matches : [first!];
    const variables = kept.some(({ match }) => match.path_template_match !== undefined)
      ? kept[0]!.variables
      : undefined;
    return withActions(balancer, 2, way(balancer, "", variables)).map((own): Plain => ({
      ...own,
      match_rules: kept.map(({ match }) => match),
    }));
  });
  return fc
    .tuple(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.uniqueArray(fc.nat({ max: 99 }), { minLength: 4, maxLength: 4 }),
    )
    .map(([rules, priorities]) => ({
      route_rules: rules.map((own, at): Plain => ({ ...own, priority: priorities[at] })),
    }));
}

function pathRules(balancer: Balancer): fc.Arbitrary<Plain> {
  return fc
    .uniqueArray(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 6 })
    .chain((paths) => {
      const half = Math.ceil(paths.length / 2);
      const groups = [paths.slice(0, half), paths.slice(half)].filter((group) => group.length > 0);
      return fc.tuple(...groups.map((group) => way(balancer, "").map((own): Plain => ({ ...own, paths: group }))));
    })
    .map((path_rule) => ({ path_rule }));
}

function matcher(balancer: Balancer): fc.Arbitrary<Plain> {
  const rules =
    balancer === "classic"
      ? often(pathRules(balancer), routeRules(balancer), 30)
      : fc.oneof({ weight: 1, arbitrary: pathRules(balancer) }, { weight: 2, arbitrary: routeRules(balancer) });
  const block = fc.tuple(rules, way(balancer, "default_")).map(([own, fallback]): Plain => ({ ...own, ...fallback }));
  return withActions(balancer, 2, block);
}

/** A URL map with its hosts, matchers and default. */
function urlMap(balancer: Balancer): fc.Arbitrary<Plain> {
  const hosts = fc.uniqueArray(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...HOSTS) },
      { weight: 1, arbitrary: fc.constantFrom(...PATTERNS) },
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const block = fc
    .tuple(hosts, fc.array(matcher(balancer), { minLength: 1, maxLength: 2 }), way(balancer, "default_"))
    .map(([names, matchers, fallback]): Plain => ({
      ...fallback,
      host_rule: matchers.map((_, at) => ({
        hosts: names.filter((__, index) => index % matchers.length === at),
        path_matcher: `m${at}`,
      })),
      path_matcher: matchers.map((own, at): Plain => ({ name: `m${at}`, ...own })),
    }))
    .map((map): Plain => ({ ...map, host_rule: map.host_rule.filter(({ hosts: own }: Plain) => own.length > 0) }));
  return withActions(balancer, 2, block);
}

const SCHEME = { global: "EXTERNAL_MANAGED", classic: "EXTERNAL", regional: "EXTERNAL_MANAGED" } as const;

/** Listeners on 80 and 443; one on 80 may redirect everything. A regional one has no managed certificate. */
function listeners(balancer: Balancer): fc.Arbitrary<Plain> {
  const region = balancer === "regional" ? "region_" : "";
  const ruleType = region === "" ? "google_compute_global_forwarding_rule" : "google_compute_forwarding_rule";
  const rule = (scheme: string, port: string): Plain => ({
    load_balancing_scheme: SCHEME[balancer],
    port_range: port,
    target: `\${google_compute_${region}target_${scheme}_proxy.${scheme}.id}`,
  });
  const proxy = (map: string): Plain => ({ url_map: `\${google_compute_${region}url_map.${map}.id}` });
  return fc
    .record({ map: fc.constantFrom("main", "main", "redirect"), domains: fc.subarray(HOSTS, { minLength: 4 }) })
    .map(({ map, domains }) => {
      const http = {
        [ruleType]: { http: rule("http", "80") },
        [`google_compute_${region}target_http_proxy`]: { http: proxy(region === "" ? map : "main") },
      };
      if (region !== "") return http;
      return {
        ...http,
        [ruleType]: { http: rule("http", "80"), https: rule("https", "443") },
        google_compute_target_https_proxy: {
          https: { ...proxy("main"), ssl_certificates: ["${google_compute_managed_ssl_certificate.main.id}"] },
        },
        google_compute_managed_ssl_certificate: { main: { managed: { domains: [...domains, "nobody.example.org"] } } },
      };
    });
}

const REDIRECT = { default_url_redirect: { https_redirect: true, strip_query: false } };

function configurationOf(balancer: Balancer): fc.Arbitrary<Configuration> {
  const type = balancer === "regional" ? "google_compute_region_url_map" : "google_compute_url_map";
  return fc.tuple(urlMap(balancer), anyBackends(balancer), listeners(balancer)).map(([main, backends, doors]) => {
    const needsRedirect = JSON.stringify(doors).includes("url_map.redirect.");
    const resource: Plain = { ...doors, [type]: { main, ...(needsRedirect && { redirect: REDIRECT }) }, ...backends };
    const named = Object.entries(resource as Record<string, object>).filter(
      ([, bodies]) => Object.keys(bodies).length > 0,
    );
    return { balancer, terraform: { resource: Object.fromEntries(named) } };
  });
}

/** Any configuration of the kinds that the tables describe. */
export const anyConfiguration: fc.Arbitrary<Configuration> = fc.oneof(
  { weight: 6, arbitrary: configurationOf("global") },
  { weight: 2, arbitrary: configurationOf("classic") },
  { weight: 2, arbitrary: configurationOf("regional") },
);
