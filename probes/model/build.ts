import type { Provenance, Unknown } from "../facts/provenance.ts";
import type { ResourceGraph } from "../terraform/graph.ts";
import { BACKEND_TYPES, buildBackend, servicesBy } from "./build-backend.ts";
import { buildListeners } from "./build-listener.ts";
import { buildRunService } from "./build-run-service.ts";
import { buildRunV1 } from "./build-run-v1.ts";
import { buildUrlMap } from "./build-url-map.ts";
import { mayHoldMore } from "./closed-world.ts";
import type { EdgeModel, UrlMap } from "./edge-model.ts";
import { opaqueResources } from "./extensions.ts";
import { ofTypes } from "./lookup.ts";
import { schemeProblems } from "./products-behind.ts";

/** Resource graph → one edge: listeners, URL maps, backends and services, every part with its place. Pure, and linear. */
export function buildEdgeModel(graph: ResourceGraph): EdgeModel {
  const services = [
    ...ofTypes(graph, "google_cloud_run_v2_service").map((resource) => buildRunService(graph, resource)),
    ...ofTypes(graph, "google_cloud_run_service").map((resource) => buildRunV1(graph, resource)),
  ];
  const known = servicesBy(services);
  const backends = new Map(
    ofTypes(graph, ...BACKEND_TYPES).map((resource) => {
      const backend = buildBackend(graph, resource, known);
      return [backend.address, backend] as const;
    }),
  );
  const maps = new Map<string, UrlMap>();
  const urlMapAt = (resource: Parameters<typeof buildUrlMap>[1]): UrlMap => {
    const made = maps.get(resource.address) ?? buildUrlMap(graph, resource);
    maps.set(resource.address, made);
    return made;
  };
  const listeners = buildListeners({ graph, urlMapAt, backends }).map((listener) => {
    const map = "reason" in listener.urlMap ? undefined : graph.resources.get(listener.urlMap.address);
    if (map === undefined) return listener;
    return { ...listener, problems: [...listener.problems, ...schemeProblems(map, backends, listener.product)] };
  });
  return {
    name: graph.name,
    edge: undefined,
    digest: graph.digest,
    listeners,
    unseenListeners: mayHoldMore(graph, /_forwarding_rule$/, "nothing listens for this", wholeOf(graph)),
    backends,
    services,
    // What is not read belongs to no request's way; what follows from its absence says so itself.
    unknowns: [...graph.unknowns.map((each): Unknown => ({ ...each, affects: "nothing" })), ...opaqueResources(graph)],
    problems: graph.problems ?? [],
  };
}

/** Where something stands that is nowhere: the first resource of the file. */
function wholeOf(graph: ResourceGraph): Provenance {
  const [first] = graph.resources.values();
  return first?.body.by ?? { address: graph.name, attribute: "", file: graph.name, line: 1, column: 1 };
}

/** The edges of a configuration: listeners by the label of their forwarding rules; without a label, one. */
export function buildEdges(graph: ResourceGraph): EdgeModel[] {
  const model = buildEdgeModel(graph);
  const labels = [...new Set(model.listeners.map(({ edge }) => edge))];
  if (labels.length === 0) return [model];
  return labels.map((edge) => ({ ...model, edge, listeners: model.listeners.filter((each) => each.edge === edge) }));
}
