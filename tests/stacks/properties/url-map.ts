import { expect } from "vitest";
import type { EdgeId, EnvironmentId, Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { edgesIn, prefixOf, routesIn } from "./reference-system.ts";
import { backendReference, bodiesOf, holdersOf, keysOf, mapOf } from "./resources.ts";

/** Credentials, handshake headers and what belongs to one connection: no configuration may touch them. */
const PROTECTED =
  /^(authorization|cookie|set-cookie|origin|host|:.*|x-serverless-authorization|sec-websocket-.*|connection|keep-alive|proxy-authenticate|proxy-authorization|te|trailers?|transfer-encoding|upgrade|x-forwarded-.*|via)$/i;

interface Edge {
  readonly id: EdgeId;
  readonly map: Json;
  readonly environment: EnvironmentId;
  readonly backend: (service: string) => string;
}

/** Looks at the map that routes, on every edge. */
function each(look: (edge: Edge) => void): Property["holds"] {
  return (terraform, environment) => {
    for (const id of edgesIn(environment)) {
      const backend = (service: string): string => backendReference(terraform, service, id);
      look({ id, map: mapOf(terraform, "routing", id)[1], environment, backend });
    }
  };
}

/** Names that any header action of any map touches, and every header option that adds one. */
function touched(terraform: Json): { names: string[]; options: Json[] } {
  const maps = bodiesOf(terraform, "google_compute_url_map");
  const lists = (key: string): Json[] => holdersOf(maps, key).flatMap((holder) => holder[key] as Json[]);
  const options = [...lists("request_headers_to_add"), ...lists("response_headers_to_add")];
  const removed = [...lists("request_headers_to_remove"), ...lists("response_headers_to_remove")];
  return { names: [...removed, ...options.map(({ header_name: name }) => name)] as string[], options };
}

export const urlMap: readonly Property[] = [
  {
    name: "each edge has one map that routes, one that redirects, and no other",
    facts: [],
    holds: (terraform, environment) => {
      const names = bodiesOf(terraform, "google_compute_url_map").map(({ name }) => name as string);
      const expected = edgesIn(environment).flatMap((edge) => {
        const prefix = prefixOf(environment, edge);
        return [prefix, `${prefix}-redirect`];
      });
      expect(names.sort()).toEqual(expected.sort());
    },
  },
  {
    name: "each map that routes has its name, and the one that redirects too",
    facts: [],
    holds: (terraform, environment) => {
      for (const edge of edgesIn(environment)) {
        expect(mapOf(terraform, "routing", edge)[1].name).toBe(prefixOf(environment, edge));
        expect(mapOf(terraform, "redirect", edge)[1].name).toBe(`${prefixOf(environment, edge)}-redirect`);
      }
    },
  },
  {
    name: "each declared host has a rule and a path matcher of its own",
    facts: ["U11"],
    holds: each(({ id, map, environment }) => {
      const hosts = routesIn(environment, id).map(({ host }) => host);
      expect((map.host_rule as Json[]).map((rule) => rule.hosts as string[])).toEqual(hosts.map((host) => [host]));
      const matchers = (map.path_matcher as Json[]).map(({ name }) => name as string);
      expect((map.host_rule as Json[]).map((rule) => rule.path_matcher as string)).toEqual(matchers);
      expect(new Set(matchers).size).toBe(hosts.length);
      for (const [index, host] of hosts.entries())
        expect(matchers[index]).toMatch(new RegExp(`^host-${host.replaceAll(".", "-")}-[0-9a-f]{8}$`));
    }),
  },
  {
    name: "a host's path matcher has the same name in every map",
    facts: [],
    holds: (terraform, environment) => {
      const names = edgesIn(environment).map((edge) =>
        (mapOf(terraform, "routing", edge)[1].path_matcher as Json[]).map(({ name }) => name as string),
      );
      for (const each of names) expect(each).toEqual(names[0]);
    },
  },
  {
    name: "a request for an unknown host reaches no service: it is redirected to the first host",
    facts: ["U11", "U21"],
    holds: each(({ id, map, environment }) => {
      expect(keysOf(map)).not.toContain("default_service");
      expect(map.default_url_redirect).toEqual({
        host_redirect: routesIn(environment, id)[0]!.host,
        https_redirect: true,
        redirect_response_code: "TEMPORARY_REDIRECT",
        strip_query: false,
      });
    }),
  },
  {
    name: "every path that no route names goes where its host's catch-all says",
    facts: ["U12"],
    holds: each(({ id, map, environment, backend }) => {
      expect((map.path_matcher as Json[]).map((matcher) => matcher.default_service as string)).toEqual(
        routesIn(environment, id).map(({ fallback }) => backend(fallback)),
      );
    }),
  },
  {
    name: "every declared path is matched, exact forms exactly and folders by their literal prefix, most specific first",
    facts: ["U12", "U13"],
    holds: each(({ id, map, environment }) => {
      const expected = routesIn(environment, id).map(({ rules }) =>
        rules.map(({ exact, prefixes }) => [
          ...exact.map((path) => ({ full_path_match: path })),
          ...prefixes.map((prefix) => ({ prefix_match: prefix })),
        ]),
      );
      expect((map.path_matcher as Json[]).map((matcher) => rulesOf(matcher).map((rule) => rule.match_rules))).toEqual(
        expected,
      );
    }),
  },
  {
    name: "every rule leads to the declared service",
    facts: ["U13"],
    holds: each(({ id, map, environment, backend }) => {
      expect(
        (map.path_matcher as Json[]).map((matcher) => rulesOf(matcher).map((rule) => rule.service as string)),
      ).toEqual(routesIn(environment, id).map(({ rules }) => rules.map(({ service }) => backend(service))));
    }),
  },
  {
    name: "the rules of a host are ranked in steps of ten",
    facts: ["U13"],
    holds: each(({ map }) => {
      for (const matcher of map.path_matcher as Json[])
        expect(rulesOf(matcher).map(({ priority }) => priority as number)).toEqual(
          rulesOf(matcher).map((_, index) => (index + 1) * 10),
        );
    }),
  },
  {
    name: "the edge writes X-Request-Source on the routes that declare it, and nothing else on any route",
    facts: ["U1", "U4"],
    holds: each(({ id, map, environment }) => {
      const option = { header_name: "X-Request-Source", header_value: "public-edge", replace: true };
      expect((map.path_matcher as Json[]).map((matcher) => rulesOf(matcher).map((rule) => rule.header_action))).toEqual(
        routesIn(environment, id).map(({ rules }) =>
          rules.map(({ writes }) => (writes ? { request_headers_to_add: [option] } : undefined)),
        ),
      );
    }),
  },
  {
    name: "forgeable headers are removed at the map, which acts last, and nowhere else",
    facts: ["U2"],
    holds: each(({ map }) => {
      expect(map.header_action.request_headers_to_remove).toEqual(["X-E2E-Bypass", "X-User-Id"]);
      expect(holdersOf(map, "request_headers_to_remove")).toHaveLength(1);
    }),
  },
  {
    name: "every answer says which configuration gave it",
    facts: ["U24"],
    holds: (terraform, environment) => {
      const stamp = terraform.output.stamp.value as string;
      expect(stamp).toMatch(/^[0-9a-f]{64}$/);
      for (const edge of edgesIn(environment))
        expect(mapOf(terraform, "routing", edge)[1].header_action.response_headers_to_add).toEqual([
          { header_name: "X-Headgate-Stamp", header_value: stamp, replace: true },
        ]);
    },
  },
  {
    name: "no action touches a credential, a handshake header or a header of the connection",
    facts: ["H9", "U24", "R13"],
    holds: (terraform) => expect(touched(terraform).names.filter((name) => PROTECTED.test(name))).toEqual([]),
  },
  {
    name: "no action touches a name that the API reserves",
    facts: ["V1", "V6", "Q2"],
    holds: (terraform) => {
      const reserved = /^(x-google|x-goog-|x-gfe|x-amz-|x-user-ip$|cdn-loop$|authority$)|_/i;
      expect(touched(terraform).names.filter((name) => reserved.test(name))).toEqual([]);
    },
  },
  {
    name: "whatever is written replaces what the client sent: the provider does not send replace = false",
    facts: ["U4", "U5"],
    holds: (terraform) => {
      for (const { replace } of touched(terraform).options) expect(replace).toBe(true);
    },
  },
  {
    name: "no name stands in both lists of an action, nor under a removal of a broader level",
    facts: ["U2", "U3"],
    holds: each(({ map }) => {
      const removed = (map.header_action.request_headers_to_remove as string[]).map((name) => name.toLowerCase());
      const added = holdersOf(map, "request_headers_to_add").flatMap(
        (holder) => holder.request_headers_to_add as Json[],
      );
      expect(added.filter(({ header_name: name }) => removed.includes((name as string).toLowerCase()))).toEqual([]);
    }),
  },
  {
    name: "a map holds hosts, matchers, one header action and tests, and nothing that rewrites, mirrors, delays or retries",
    facts: ["U18", "U19", "U20", "U22", "U11", "W5"],
    holds: each(({ map }) => {
      const known = [
        "default_url_redirect",
        "description",
        "header_action",
        "host_rule",
        "name",
        "path_matcher",
        "test",
      ];
      expect(keysOf(map)).toEqual(known);
      expect(keysOf(map.header_action)).toEqual(["request_headers_to_remove", "response_headers_to_add"]);
      for (const matcher of map.path_matcher as Json[]) {
        expect(["default_service", "name", "route_rules"]).toEqual(expect.arrayContaining(keysOf(matcher)));
        for (const rule of rulesOf(matcher))
          expect(["header_action", "match_rules", "priority", "service"]).toEqual(expect.arrayContaining(keysOf(rule)));
      }
    }),
  },
  {
    name: "no map is larger than a load balancer takes",
    facts: ["U25"],
    holds: each(({ map }) => expect(JSON.stringify(map).length).toBeLessThan(64 * 1024)),
  },
];

function rulesOf(matcher: Json): Json[] {
  return (matcher.route_rules ?? []) as Json[];
}
