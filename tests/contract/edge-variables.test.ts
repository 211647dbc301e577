import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EDGE_VARIABLES } from "../../contract/edge-variables.ts";
import { expand } from "../../probes/model/variables.ts";
import { edgeRequest } from "../support/edge-request.ts";

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

/** Contract and model keep a list each, so that neither can be wrong by the other's word; they must say the same. */
describe("the two lists of variables", () => {
  const request = edgeRequest("http", [["origin", "https://app.example.com"]]);
  /** The model leaves nothing in the place of a variable that it does not know. */
  const isKnownToModel = (name: string): boolean => expand(`{${name}}`, request) !== "";

  it("agree on every name that a contract may write", () => {
    expect(EDGE_VARIABLES.filter((name) => !isKnownToModel(name))).toEqual([]);
  });

  it("agree on every name that the model fills in", () => {
    const source = readFileSync(new URL("../../probes/model/variables.ts", import.meta.url), "utf8");
    const known = [...new Set(source.match(/[a-z][a-z0-9_]*/g))].filter(isKnownToModel);
    expect(known.length).toBeGreaterThan(0);
    expect(known.sort()).toEqual([...EDGE_VARIABLES].sort());
  });
});
