import { describe, expect, it } from "vitest";
import { withTransport } from "../../../probes/targets/transport.ts";
import type { Transport } from "../../../probes/facts/target.ts";
import { liveTarget } from "../../../probes/targets/live.ts";
import { plannedCase } from "../../support/attempt-fixture.ts";

const PROXY = { address: "proxy.example.com", port: 3128 };
const planned = plannedCase("http");

function endpoint(transport: Transport, address = "203.0.113.9", scheme: "http" | "https" = "https") {
  const target = withTransport(liveTarget([planned], { pinned: { scheme, address, port: 443 } }), transport);
  expect(target.controlLegs.map((leg) => leg.endpoint)).toEqual([target.endpointFor(planned)]);
  return target.endpointFor(planned);
}

describe("withTransport", () => {
  it("gives every connection the proxy and the client certificate, controls included", () => {
    const client = { certificate: "certificate", key: "key" };
    expect(endpoint({ proxy: PROXY, client })).toMatchObject({ proxy: PROXY, client, address: "203.0.113.9" });
  });

  it("adds nothing where there is nothing", () => {
    expect(endpoint({})).not.toHaveProperty("proxy");
    expect(endpoint({})).not.toHaveProperty("client");
  });

  it.each([
    "*",
    "api.example.com",
    "example.com",
    ".example.com",
    "*.example.com",
    "other, EXAMPLE.com",
    "203.0.113.9",
  ])("connects directly where NO_PROXY is %s", (noProxy) =>
    expect(endpoint({ proxy: PROXY, noProxy })).not.toHaveProperty("proxy"),
  );

  it.each(["", ",", "ample.com", "api.example.com.evil", "example"])(
    "keeps the proxy where NO_PROXY is %o",
    (noProxy) => {
      expect(endpoint({ proxy: PROXY, noProxy }).proxy).toEqual(PROXY);
    },
  );

  it.each(["127.0.0.1", "127.8.9.1", "::1", "localhost"])(
    "never asks a proxy for %s, which would be its own",
    (address) => {
      expect(endpoint({ proxy: PROXY }, address)).not.toHaveProperty("proxy");
    },
  );

  it("asks no proxy for clear text: it is for tunnels", () => {
    expect(endpoint({ proxy: PROXY }, "203.0.113.9", "http")).not.toHaveProperty("proxy");
  });
});
