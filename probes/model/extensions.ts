import type { Affects, Unknown } from "../facts/provenance.ts";
import { attribute, blocks, knownText } from "../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../terraform/graph.ts";
import { addressIn, ofTypes } from "./lookup.ts";

/** Resource types that may change, refuse or serve requests, and that the model does not know (facts P7, P10). */
const OPAQUE =
  /^google_(network_services_(lb_|authz_|wasm_)\w+|network_security_authz_\w+|api_gateway_\w+|network_services_edge_cache_\w+)$/;

/** Those that stand on the way of a forwarding rule that they name. */
const ON_THE_WAY: Readonly<Record<string, { readonly names: (body: Value) => Value[]; readonly affects: Affects }>> = {
  google_network_services_lb_route_extension: { names: listed("forwarding_rules"), affects: "request" },
  google_network_services_lb_traffic_extension: { names: listed("forwarding_rules"), affects: "request" },
  google_network_services_lb_edge_extension: { names: listed("forwarding_rules"), affects: "request" },
  google_network_security_authz_policy: {
    names: (body) => blocks(body, "target").flatMap(listed("resources")),
    affects: "refusal",
  },
};

function listed(name: string): (body: Value) => Value[] {
  return (body) => {
    const list = attribute(body, name);
    return list === undefined ? [] : list.kind === "list" ? [...list.items] : [list];
  };
}

/** What the configuration holds of such types, as a whole; what of it is on a request's way is told there. */
export function opaqueResources(graph: ResourceGraph): Unknown[] {
  const opaque = [...graph.resources.values()].filter(({ type }) => OPAQUE.test(type));
  return opaque.map(({ body, type }) => ({
    kind: "unknown",
    reason: `a ${type} may change any header`,
    affects: "nothing",
    by: body.by,
  }));
}

/** Extensions that name a forwarding rule, or that may, because what they name cannot be read. */
export function extensionsOn(graph: ResourceGraph, rule: Resource): Unknown[] {
  return ofTypes(graph, ...Object.keys(ON_THE_WAY)).flatMap(({ type, body }): Unknown[] => {
    const known = ON_THE_WAY[type]!;
    const names = known.names(body);
    if (names.length > 0 && !names.some((name) => mayName(rule, name))) return [];
    const reason = `a ${type} stands on the way of ${rule.address} and may change any header (P10)`;
    return [{ kind: "unknown", reason, affects: known.affects, by: body.by }];
  });
}

function mayName(rule: Resource, value: Value): boolean {
  const address = addressIn(value);
  if (address !== undefined) return address === rule.address;
  const [text, name] = [knownText(value), knownText(attribute(rule.body, "name"))];
  return text === undefined || name === undefined || text.slice(text.lastIndexOf("/") + 1) === name;
}
