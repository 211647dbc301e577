import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Cloud } from "./stand-in-google/cloud.ts";

type Json = Record<string, unknown>;

/** Where the API lists what the cloud of the stand-in provider holds of a type. */
const LISTS: Readonly<Record<string, readonly [type: string, key: string]>> = {
  urlMaps: ["google_compute_url_map", "items"],
  backendServices: ["google_compute_backend_service", "items"],
  networkEndpointGroups: ["google_compute_region_network_endpoint_group", "items"],
  sslCertificates: ["google_compute_managed_ssl_certificate", "items"],
  targetHttpsProxies: ["google_compute_target_https_proxy", "items"],
  targetHttpProxies: ["google_compute_target_http_proxy", "items"],
  forwardingRules: ["google_compute_global_forwarding_rule", "items"],
  services: ["google_cloud_run_v2_service", "services"],
  certificates: ["google_certificate_manager_certificate", "certificates"],
};

/** Blocks that the API has several of; every other block it writes as one object. */
const SEVERAL = new Set(
  `host_rule path_matcher route_rules path_rule match_rules header_matches query_parameter_matches test
  request_headers_to_add response_headers_to_add weighted_backend_services backend containers env traffic
  volume_mounts volumes`.split(/\s+/),
);
const RENAMED: Readonly<Record<string, string>> = {
  host_rule: "hostRules",
  path_matcher: "pathMatchers",
  path_rule: "pathRules",
  test: "tests",
  backend: "backends",
  enable_cdn: "enableCDN",
  ip_address: "IPAddress",
  ip_protocol: "IPProtocol",
};

/** What the server answers a call in place of a list: a status, a body, a delay; undefined: the list. */
export type Fault = (
  call: { readonly path: string; readonly count: number },
  response: ServerResponse,
) => boolean | Promise<boolean>;

export interface GoogleApi {
  readonly url: string;
  /** Paths in the order of the calls, and what they were authorized with. */
  readonly calls: { readonly path: string; readonly authorization: string | undefined }[];
  /** True: the call was answered. */
  fault: Fault;
  readonly close: () => Promise<void>;
}

/** Google's REST APIs as they are documented, over what the stand-in provider stored; two resources a page. */
export async function googleApi(cloud: () => Cloud): Promise<GoogleApi> {
  const calls: GoogleApi["calls"] = [];
  const api = { calls, fault: (() => false) as Fault };
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
    calls.push({ path: `${pathname}?${searchParams}`, authorization: request.headers.authorization });
    const count = calls.filter(({ path }) => path.startsWith(`${pathname}?`)).length;
    if (await api.fault({ path: pathname, count }, response)) return;
    const list = LISTS[pathname.slice(pathname.lastIndexOf("/") + 1)];
    if (list === undefined) return void send(response, 404, { error: { code: 404, message: "no such collection" } });
    const all = Object.values(cloud().resources).filter(({ type }) => type === list[0]);
    const from = Number(searchParams.get("pageToken") ?? 0);
    const items = all.slice(from, from + 2).map(({ type, body }) => asApi(type, body as Json));
    send(response, 200, { [list[1]]: items, ...(from + 2 < all.length && { nextPageToken: String(from + 2) }) });
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return Object.assign(api, { url: `http://127.0.0.1:${port}`, close });
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

function asApi(type: string, body: Json): Json {
  const own = shaped(body, "") as Json;
  // These APIs name a resource by its whole path.
  if (/run_v2|certificate_manager/.test(type)) own["name"] = body["id"];
  return own;
}

function shaped(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => shaped(item, key));
    return value.length === 1 && typeof value[0] === "object" && !SEVERAL.has(key) ? items[0] : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(
    ([, inner]) => inner !== null && !(Array.isArray(inner) && inner.length === 0),
  );
  return Object.fromEntries(entries.map(([own, inner]) => [isMap(key) ? own : camel(own), shaped(inner, own)]));
}

const isMap = (key: string): boolean => /labels$|annotations$|^limits$/.test(key);

const camel = (key: string): string =>
  RENAMED[key] ?? key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
