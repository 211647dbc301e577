import { expect } from "vitest";
import type { EdgeId, EnvironmentId, Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { edgesIn, prefixOf } from "./reference-system.ts";
import { bodiesOf, entriesOf, keysOf, mapOf, reference, theOne } from "./resources.ts";

const RULE = "google_compute_global_forwarding_rule";
const ADDRESS = "google_compute_global_address";
const HTTP = "google_compute_target_http_proxy";
const HTTPS = "google_compute_target_https_proxy";

interface Listener {
  readonly scheme: "http" | "https";
  readonly version: "ipv4" | "ipv6";
  readonly rule: Json;
  readonly edge: EdgeId;
}

const LISTENERS = (["http", "https"] as const).flatMap((scheme) =>
  (["ipv4", "ipv6"] as const).map((version) => ({ scheme, version })),
);

/** Looks at the four listeners of every edge. */
function each(look: (listener: Listener, terraform: Json, environment: EnvironmentId) => void): Property["holds"] {
  return (terraform, environment) => {
    for (const edge of edgesIn(environment))
      for (const { scheme, version } of LISTENERS) {
        const rules = entriesOf(terraform, RULE, edge);
        const [, rule] = theOne(rules, (id) => id.includes(`edge_${scheme}-${version}_`));
        look({ scheme, version, rule, edge }, terraform, environment);
      }
  };
}

/** Looks at the one resource of a type on every edge. */
function perEdge(
  type: string,
  look: (body: Json, edge: EdgeId, terraform: Json, environment: EnvironmentId) => void,
): Property["holds"] {
  return (terraform, environment) => {
    for (const edge of edgesIn(environment))
      look(theOne(entriesOf(terraform, type, edge))[1], edge, terraform, environment);
  };
}

export const listeners: readonly Property[] = [
  {
    name: "each edge has four listeners: two schemes on two families of addresses",
    facts: [],
    holds: (terraform, environment) => {
      expect(
        bodiesOf(terraform, RULE)
          .map(({ name }) => name as string)
          .sort(),
      ).toEqual(
        edgesIn(environment)
          .flatMap((edge) =>
            LISTENERS.map(({ scheme, version }) => `${prefixOf(environment, edge)}-${scheme}-${version}`),
          )
          .sort(),
      );
    },
  },
  {
    name: "each listener has the name of its scheme and family",
    facts: [],
    holds: each(({ rule, scheme, version, edge }, _, environment) => {
      expect(rule.name).toBe(`${prefixOf(environment, edge)}-${scheme}-${version}`);
    }),
  },
  {
    name: "each listener says EXTERNAL_MANAGED, as the backend services do",
    facts: ["U10"],
    holds: each(({ rule }) => expect(rule.load_balancing_scheme).toBe("EXTERNAL_MANAGED")),
  },
  {
    name: "each listener has the port of its scheme",
    facts: [],
    holds: each(({ rule, scheme }) => expect(rule.port_range).toBe(scheme === "https" ? "443" : "80")),
  },
  {
    name: "each listener stands on the address of its family",
    facts: [],
    holds: each(({ rule, version, edge }, terraform) => {
      const [id] = theOne(entriesOf(terraform, ADDRESS, edge), (_, body) => body.ip_version === version.toUpperCase());
      expect(rule.ip_address).toBe(reference(ADDRESS, id));
    }),
  },
  {
    name: "each listener leads to the proxy of its scheme",
    facts: [],
    holds: each(({ rule, scheme, edge }, terraform) => {
      const type = scheme === "https" ? HTTPS : HTTP;
      expect(rule.target).toBe(reference(type, theOne(entriesOf(terraform, type, edge))[0]));
    }),
  },
  {
    name: "no listener is narrowed by a field that is not declared",
    facts: [],
    holds: each(({ rule }) => {
      const known = ["description", "ip_address", "labels", "load_balancing_scheme", "name", "port_range", "target"];
      expect(keysOf(rule)).toEqual(known);
    }),
  },
  {
    name: "each edge has an IPv4 and an IPv6 address of its own",
    facts: [],
    holds: (terraform, environment) => {
      for (const edge of edgesIn(environment))
        expect(bodiesOf(terraform, ADDRESS, edge).map(({ name, ip_version: version }) => [name, version])).toEqual(
          ["ipv4", "ipv6"].map((version) => [`${prefixOf(environment, edge)}-${version}`, version.toUpperCase()]),
        );
    },
  },
  {
    name: "TLS 1.2 and modern ciphers are the least that is spoken",
    facts: [],
    holds: perEdge("google_compute_ssl_policy", ({ profile, min_tls_version: version, name }, edge, _, environment) => {
      expect({ profile, version }).toEqual({ profile: "MODERN", version: "TLS_1_2" });
      expect(name).toBe(prefixOf(environment, edge));
    }),
  },
  {
    name: "the HTTPS proxy serves the map that routes, under the SSL policy",
    facts: [],
    holds: perEdge(HTTPS, (proxy, edge, terraform, environment) => {
      const [policy] = theOne(entriesOf(terraform, "google_compute_ssl_policy", edge));
      expect(proxy.url_map).toBe(reference("google_compute_url_map", mapOf(terraform, "routing", edge)[0]));
      expect(proxy.ssl_policy).toBe(reference("google_compute_ssl_policy", policy));
      expect(proxy.name).toBe(`${prefixOf(environment, edge)}-https`);
    }),
  },
  {
    name: "the HTTP proxy serves the map that redirects",
    facts: ["U21"],
    holds: perEdge(HTTP, (proxy, edge, terraform, environment) => {
      expect(proxy.url_map).toBe(reference("google_compute_url_map", mapOf(terraform, "redirect", edge)[0]));
      expect(proxy.name).toBe(`${prefixOf(environment, edge)}-http`);
    }),
  },
  {
    name: "plain HTTP is answered with a permanent redirect to the same URL over HTTPS, and nothing else",
    facts: ["U21"],
    holds: (terraform, environment) => {
      for (const edge of edgesIn(environment)) {
        const [, map] = mapOf(terraform, "redirect", edge);
        expect(keysOf(map)).toEqual(["default_url_redirect", "description", "name", "test"]);
        expect(map.default_url_redirect).toEqual({
          https_redirect: true,
          redirect_response_code: "MOVED_PERMANENTLY_DEFAULT",
          strip_query: false,
        });
      }
    },
  },
];
