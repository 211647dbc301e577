import { terraformKey } from "../terraform/export/kinds.ts";

/** Attributes whose keys are the user's own. */
const MAPS = new Set(["labels", "annotations", "limits", "node_selector"]);

/** An answer of an API with its keys as Terraform writes them. */
export function asTerraform(value: unknown, attribute = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => asTerraform(item, attribute));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const own = MAPS.has(attribute) ? key : terraformKey(key);
      return [own, asTerraform(inner, own)];
    }),
  );
}

/** What the providers and APIs put where nothing is written. */
const DEFAULTS: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  timeout_sec: [30],
  protocol: ["HTTP", "HTTPS"],
  session_affinity: ["NONE"],
  load_balancing_scheme: ["EXTERNAL"],
  priority: [0],
  percent: [100],
  redirect_response_code: ["MOVED_PERMANENTLY_DEFAULT"],
  launch_stage: ["GA"],
  ip_protocol: ["TCP"],
  quic_override: ["NONE"],
  network_tier: ["PREMIUM"],
  network_endpoint_type: ["SERVERLESS"],
  ip_version: ["IPV4"],
  ingress: ["INGRESS_TRAFFIC_ALL"],
  max_instance_request_concurrency: [80],
  timeout: ["300s"],
  timeout_seconds: [1],
  balancing_mode: ["UTILIZATION"],
  capacity_scaler: [1],
  scope: ["DEFAULT"],
  client_ttl: [3600],
  default_ttl: [3600],
  max_ttl: [86400],
};

/** Whether a value says no more than leaving it out does. */
export function saysNothing(attribute: string, value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "" || value === 0) return true;
  if (Array.isArray(value)) return value.every((each) => saysNothing("", each));
  if (typeof value === "object") return Object.entries(value).every(([key, inner]) => saysNothing(key, inner));
  const name = attribute.replace(/\[\d+\]$/, "").replace(/^.*\./, "");
  return Object.hasOwn(DEFAULTS, name) && DEFAULTS[name]!.includes(value as string);
}

/** Last part of a link: APIs and Terraform write the same resource in several lengths. */
export function nameOf(link: string): string {
  return link.slice(link.lastIndexOf("/") + 1);
}
