import { asBoolean, asString, blocks, knownText, resourcesOfType } from "../../../terraform/graph.ts";
import type { Resource, ResourceGraph, Value } from "../../../terraform/graph.ts";
import type { RunService } from "../../../model/edge-model.ts";
import type { Provenance } from "../../../facts/provenance.ts";
import { attribute } from "../../../terraform/graph.ts";
import { defineStaticRule, found } from "../define-rule.ts";
import { resourceOf, runServices, settingsOf } from "../run-settings.ts";

const CLOSED = ["INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "internal-and-cloud-load-balancing"];

export const uptimeCheckOfClosedAddress = defineStaticRule({
  id: "uptime-check-of-closed-address",
  title: "an uptime check asks for a run.app address that is closed",
  severity: "warning",
  found: "run",
  because:
    "Where only the load balancer is let in, the service's own address answers 404 and logs nothing: the check reports an outage that is not there.",
  fix: "Let the check ask for the host of the load balancer.",
  sources: ["R15"],
  check: ({ graph, edges }) =>
    runServices(edges)
      .filter((service) => isClosed(graph, service))
      .flatMap((service) =>
        resourcesOfType(graph, "google_monitoring_uptime_check_config").flatMap((check) => {
          const by = placeOfAddress(check, service);
          const title = `${check.address} asks for the run.app address of ${service.address}, which only the load balancer reaches`;
          return by === undefined ? [] : [found(by, title, { by: [closedBy(graph, service)] })];
        }),
      ),
});

function isClosed(graph: ResourceGraph, service: RunService): boolean {
  const { ingress, closedUri } = settingsOf(resourceOf(graph, service));
  const level = ingress === undefined ? undefined : asString(ingress);
  const uri = closedUri === undefined ? undefined : asBoolean(closedUri);
  return (level?.kind === "known" && CLOSED.includes(level.value)) || (uri?.kind === "known" && uri.value);
}

function closedBy(graph: ResourceGraph, service: RunService): Provenance {
  const { ingress, closedUri } = settingsOf(resourceOf(graph, service));
  return (ingress ?? closedUri)?.by ?? service.by;
}

/** Where a check names the service's own address: by reference, or as a text. */
function placeOfAddress({ body }: Resource, service: RunService): Provenance | undefined {
  const hosts = blocks(body, "monitored_resource").flatMap((block) => {
    const labels = attribute(block, "labels");
    return labels === undefined ? [] : (attribute(labels, "host") ?? []);
  });
  return hosts.find((host) => isAddressOf(host, service))?.by;
}

function isAddressOf(value: Value, { address, name }: RunService): boolean {
  if (value.kind === "reference") return value.address === address && isUri(value.attribute);
  const expression = value.kind === "template" || value.kind === "unknown" ? value.expression : undefined;
  if (expression !== undefined) {
    const written = address.replace(/^module\.[^.]+\./, "");
    const at = expression.indexOf(`${written}.`);
    return at !== -1 && isUri(expression.slice(at + written.length + 1));
  }
  const text = knownText(value);
  return name !== undefined && text !== undefined && text.startsWith(`${name}-`) && text.endsWith(".run.app");
}

function isUri(path: string): boolean {
  return /^(uri|urls?|status)\b/.test(path);
}
