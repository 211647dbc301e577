import { describe, expect, it } from "vitest";
import { expand, hasVariable } from "../../../probes/model/variables.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";
import { edgeRequest } from "../../support/edge-request.ts";

const request = edgeRequest("http", [["origin", "https://app.example.com"]]);

describe("expansion", () => {
  it.each([
    ["plain", "plain"],
    ["{client_ip_address},{server_ip_address}", "198.51.100.7,203.0.113.9"],
    ["{client_encrypted}", "true"],
    ["{server_port}", "443"],
    ["{origin_request_header}", "https://app.example.com"],
    ["city={client_city}", `city=${PLACEHOLDER}`],
    ["{tls_sni_hostname}", PLACEHOLDER],
    ["{client_cert_chain}", PLACEHOLDER],
    ["{authorization}", ""],
    ["Bearer {authorization}", "Bearer "],
    ["a{http_x}b", "ab"],
    ["{{client_city}}", "{client_city}"],
    ["{{}}", "{}"],
    ["{", "{"],
    ["{}", "{}"],
  ])("%j becomes %j", (written, value) => {
    expect(expand(written, request)).toBe(value);
  });

  it("tells the clear-text listener from the other", () => {
    const clear = { ...request, scheme: "http" as const };
    expect(expand("{client_encrypted} {server_port}", clear)).toBe("false 80");
  });

  it("leaves open which protocol a TLS client speaks, unless it upgrades", () => {
    const withProtocol = (each: typeof request): string => expand("p={client_protocol}", each);
    expect(withProtocol(request)).toBe(`p=${PLACEHOLDER}`);
    expect(withProtocol({ ...request, scheme: "http" })).toBe("p=HTTP/1.1");
    expect(withProtocol(edgeRequest("websocket"))).toBe("p=HTTP/1.1");
  });

  it("is empty for a client without an Origin", () => {
    expect(expand("{origin_request_header}", edgeRequest("http"))).toBe("");
  });
});

describe("variables", () => {
  it.each([
    ["{client_city}", true],
    ["a {authorization} b", true],
    ["plain", false],
    ["{ client_city }", false],
    ["{}", false],
    ["", false],
  ])("in %j: %s", (value, holds) => {
    expect(hasVariable(value)).toBe(holds);
    expect(hasVariable(value)).toBe(holds);
  });
});
