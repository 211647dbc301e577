/** Variables that a load balancer fills in when it writes a header; an unknown one becomes nothing (facts V3, V8). */
export const EDGE_VARIABLES: readonly string[] = `
  cdn_cache_id cdn_cache_status client_cert_chain client_cert_chain_verified client_cert_dnsname_sans client_cert_error
  client_cert_issuer_dn client_cert_leaf client_cert_present client_cert_serial_number client_cert_sha256_fingerprint
  client_cert_spiffe_id client_cert_subject_dn client_cert_uri_sans client_cert_valid_not_after client_cert_valid_not_before
  client_city client_city_lat_long client_encrypted client_ip_address client_port client_protocol client_region
  client_region_subdivision client_rtt_msec device_request_type origin_request_header server_ip_address server_port
  tls_cipher_suite tls_ja3_fingerprint tls_ja4_fingerprint tls_sni_hostname tls_version user_agent_family`
  .trim()
  .split(/\s+/);
