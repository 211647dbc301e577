import { known, many, one, referred, resource, resources } from "./terraform.ts";
import type { Plain } from "./terraform.ts";
import { Stop, cannotTell } from "./types.ts";
import type { Ask, Balancer, Edge } from "./types.ts";

/** Where a request comes in: its proxy, the map behind it, and the balancer that both belong to. */
export interface Entrance extends Edge {
  readonly isTls: boolean;
  readonly proxy: Plain;
  readonly urlMap: Plain;
}

const SCOPES = [
  ["google_compute_global_forwarding_rule", "google_compute_target_", "google_compute_url_map"],
  ["google_compute_forwarding_rule", "google_compute_region_target_", "google_compute_region_url_map"],
] as const;

/** The proxy that listens for this request's scheme on this edge. */
export function entranceOf(terraform: Plain, edge: string | undefined, ask: Ask): Entrance {
  const port = ask.request.scheme === "https" ? "443" : "80";
  for (const [ruleType, proxyType, mapType] of SCOPES) {
    for (const [, rule] of resources(terraform, ruleType)) {
      if ((rule.labels?.["headgate-edge"] ?? undefined) !== edge) continue;
      if (!known(rule.port_range, "U10").split("-").includes(port)) continue;
      const balancer = balancerOf(rule, mapType.includes("region"), ask);
      for (const type of [`${proxyType}https_proxy`, `${proxyType}http_proxy`]) {
        const proxy = resource(terraform, type, referred(rule.target, type));
        if (proxy === undefined) continue;
        const urlMap = resource(terraform, mapType, referred(proxy.url_map, mapType)) ?? cannotTell("A12");
        return { proxy, urlMap, isTls: type.includes("https"), balancer, like: columnOf(balancer, ask) };
      }
      cannotTell("U10");
    }
  }
  throw new Stop({ kind: "no-listener" });
}

/** U10: what is not written depends on the version of the provider. */
export function balancerOf(rule: Plain, isRegional: boolean, { reads }: Ask): Balancer {
  const scheme = rule.load_balancing_scheme;
  if (scheme === undefined && !isRegional)
    return reads("default-scheme", "classic") === "global" ? "global" : "classic";
  const written = known(scheme, "U10");
  if (written === "EXTERNAL_MANAGED") return isRegional ? "regional" : "global";
  return written === "EXTERNAL" && !isRegional ? "classic" : cannotTell("U10");
}

/** Section 1.3 has a column for each of two balancers, and none for the regional one. */
function columnOf(balancer: Balancer, { reads }: Ask): Edge["like"] {
  if (balancer !== "regional") return balancer;
  return reads("regional-behaviour", "as-global") === "as-global" ? "global" : "classic";
}

/** M66: the client trusts a certificate that names the host, and nothing else. */
export function checkCertificate(terraform: Plain, proxy: Plain, host: string, { on }: Ask): void {
  if (!on("certificate")) return;
  const names: string[] = [];
  for (const reference of many(proxy, "ssl_certificates")) {
    const type = "google_compute_managed_ssl_certificate";
    const certificate = resource(terraform, type, referred(reference, type));
    if (certificate === undefined) cannotTell("M66");
    names.push(...many(one(certificate, "managed"), "domains").map((name) => known(name, "M66")));
  }
  if (proxy.certificate_map !== undefined) names.push(...namesOfMap(terraform, proxy.certificate_map, host));
  if (!names.some((name) => covers(name, host))) throw new Stop({ kind: "tls-error" });
}

function namesOfMap(terraform: Plain, reference: string, host: string): string[] {
  const map = referred(reference, "google_certificate_manager_certificate_map");
  if (map === undefined) return cannotTell("M66");
  const entries = resources(terraform, "google_certificate_manager_certificate_map_entry")
    .map(([, entry]) => entry)
    .filter((entry) => referred(entry.map, "google_certificate_manager_certificate_map") === map);
  const own =
    entries.find(({ hostname }) => hostname === host) ??
    entries.find(({ hostname }) => hostname?.startsWith("*.") && covers(hostname as string, host)) ??
    entries.find(({ matcher }) => matcher === "PRIMARY");
  if (own === undefined) return [];
  return many(own, "certificates").flatMap((each) => {
    const type = "google_certificate_manager_certificate";
    const certificate = resource(terraform, type, referred(each, type));
    if (certificate === undefined) return cannotTell("M66");
    return many(one(certificate, "managed"), "domains").map((name) => known(name, "M66"));
  });
}

function covers(name: string, host: string): boolean {
  if (!name.startsWith("*.")) return name.toLowerCase() === host;
  return host.split(".").slice(1).join(".") === name.slice(2).toLowerCase();
}
