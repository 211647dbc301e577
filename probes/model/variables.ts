import type { EdgeRequest } from "../facts/trace.ts";
import { firstValue } from "../../http/header-list.ts";
import { PLACEHOLDER } from "../terraform/graph.ts";
import { isUpgrade } from "./stage-front.ts";

/** Variables whose value this model can tell from the request (fact V8). */
const TOLD: Readonly<Record<string, (request: EdgeRequest) => string>> = {
  client_ip_address: (request) => request.clientAddress,
  server_ip_address: (request) => request.edgeAddress,
  client_encrypted: (request) => String(request.scheme === "https"),
  client_protocol: (request) => (mayBeHttp2(request) ? PLACEHOLDER : "HTTP/1.1"),
  origin_request_header: (request) => firstValue(request.headers, "origin") ?? "",
  server_port: (request) => (request.scheme === "https" ? "443" : "80"),
};

/** Variables that exist and whose value depends on the client, its place or its certificate (fact V8). */
const UNTOLD = new Set(
  `cdn_cache_id cdn_cache_status client_rtt_msec client_region client_region_subdivision client_city client_city_lat_long client_port
  device_request_type tls_sni_hostname tls_version tls_cipher_suite tls_ja3_fingerprint tls_ja4_fingerprint user_agent_family
  client_cert_present client_cert_chain_verified client_cert_error client_cert_sha256_fingerprint client_cert_serial_number client_cert_spiffe_id
  client_cert_uri_sans client_cert_dnsname_sans client_cert_valid_not_before client_cert_valid_not_after client_cert_issuer_dn
  client_cert_subject_dn client_cert_leaf client_cert_chain`.split(/\s+/),
);

/** Seen in use, and on no page. */
const REPORTED = new Set(["client_asn", "asn"]);

/** Every TLS client is offered HTTP/2 (fact H29); only HTTP/1.1 has `Upgrade` (RFC 9113 section 8.6, fact W7). */
function mayBeHttp2(request: EdgeRequest): boolean {
  return request.scheme === "https" && !isUpgrade(request);
}

const VARIABLE = /\{([a-z0-9_]+)\}/g;

/** True when the value holds a variable, known or not: `replace` then defaults to false (fact U4). */
export function hasVariable(value: string): boolean {
  return value.replace(/\{\{|\}\}/g, "").search(VARIABLE) !== -1;
}

/** Names in a value that no list of variables holds: each becomes nothing (facts V3, V8). */
export function unknownVariables(value: string): string[] {
  const names = [...value.replace(/\{\{|\}\}/g, "").matchAll(VARIABLE)].map(([, name]) => name!);
  return names.filter((name) => !Object.hasOwn(TOLD, name) && !UNTOLD.has(name) && !REPORTED.has(name));
}

/**
 * A header value with its variables filled in. An unknown variable becomes nothing: there is none that copies a
 * client's header (fact V3). `{{` and `}}` stand for braces (fact V2).
 */
export function expand(value: string, request: EdgeRequest): string {
  return value
    .split(/(\{\{|\}\})/)
    .map((part) =>
      part === "{{" ? "{" : part === "}}" ? "}" : part.replace(VARIABLE, (_, name: string) => variable(name, request)),
    )
    .join("");
}

function variable(name: string, request: EdgeRequest): string {
  if (Object.hasOwn(TOLD, name)) return TOLD[name]!(request);
  return UNTOLD.has(name) ? PLACEHOLDER : "";
}
