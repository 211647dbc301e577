import { describe, expect, it } from "vitest";
import { EDGE_VARIABLES } from "../../contract/edge-variables.ts";

describe("EDGE_VARIABLES", () => {
  it("names each variable once, as it stands between braces", () => {
    expect(new Set(EDGE_VARIABLES).size).toBe(EDGE_VARIABLES.length);
    expect(EDGE_VARIABLES.filter((name) => !/^[a-z0-9]+(_[a-z0-9]+)+$/.test(name))).toEqual([]);
  });

  it("knows those of the client, of TLS, of its certificate and of the cache", () => {
    expect(EDGE_VARIABLES).toEqual(
      expect.arrayContaining(["client_ip_address", "tls_ja4_fingerprint", "client_cert_spiffe_id", "cdn_cache_status"]),
    );
    expect(EDGE_VARIABLES).toHaveLength(35);
  });

  it("knows none that would copy a header of the client but Origin (fact V3)", () => {
    expect(EDGE_VARIABLES.filter((name) => name.includes("header"))).toEqual(["origin_request_header"]);
    expect(EDGE_VARIABLES).not.toContain("authorization");
  });
});
