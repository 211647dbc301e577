import { UNTOLD } from "./terraform.ts";
import type { Ask } from "./types.ts";

/** V8: variables whose value the request alone does not tell. */
const UNTOLD_NAMES = (
  "cdn_cache_id cdn_cache_status client_rtt_msec client_region client_region_subdivision client_city " +
  "client_city_lat_long client_port client_protocol device_request_type tls_sni_hostname tls_version tls_cipher_suite " +
  "tls_ja3_fingerprint tls_ja4_fingerprint user_agent_family client_cert_present client_cert_chain_verified " +
  "client_cert_error client_cert_sha256_fingerprint client_cert_serial_number client_cert_spiffe_id " +
  "client_cert_uri_sans client_cert_dnsname_sans client_cert_valid_not_before client_cert_valid_not_after " +
  "client_cert_issuer_dn client_cert_subject_dn client_cert_leaf client_cert_chain"
).split(" ");

// Doubled braces stand for themselves (V2).
const PIECES = /\{\{|\}\}|\{([^{}]*)\}/g;

export function hasVariable(value: string): boolean {
  return [...value.matchAll(PIECES)].some(([, name]) => name !== undefined);
}

/** V3, V8: a value with its variables filled in; an unknown variable is empty. */
export function expand(value: string, { request, on }: Ask): string {
  const filled = value.replace(PIECES, (piece, name: string | undefined) => {
    if (name === undefined) return piece[0]!;
    if (UNTOLD_NAMES.includes(name)) return UNTOLD;
    return told(name, request) ?? (on("V3 unknown variable") ? "" : piece);
  });
  return filled.trim();
}

function told(name: string, { headers, scheme, clientAddress, edgeAddress }: Ask["request"]): string | undefined {
  const header = (wanted: string): string => headers.find(([own]) => own.toLowerCase() === wanted)?.[1] ?? "";
  const values: Readonly<Record<string, string>> = {
    origin_request_header: header("origin"),
    client_ip_address: clientAddress,
    client_encrypted: String(scheme === "https"),
    server_ip_address: edgeAddress,
    server_port: scheme === "https" ? "443" : "80",
  };
  return values[name];
}
