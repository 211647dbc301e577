import { describe, expect, it } from "vitest";
import { pageHost } from "../../../probes/plan/page-origin.ts";
import { REFERENCE, contractOf, environmentOf } from "../../support/builders.ts";

const hostFor = (text: string): string => {
  const contract = contractOf(text);
  return pageHost(contract, environmentOf(contract), contract.routes[0]!);
};

describe("pageHost", () => {
  it("is the host that the frontend has for itself", () => {
    expect(hostFor(REFERENCE)).toBe("app.staging.example.com");
  });

  it("is a host that the frontend shares, where it has none for itself", () => {
    expect(
      hostFor(REFERENCE.replace("host: app.${domain}\n    paths: [/*]", "host: api.${domain}\n    paths: [/app]")),
    ).toBe("api.staging.example.com");
  });

  it("is the route's own host, where no service is called frontend", () => {
    expect(hostFor(REFERENCE.replaceAll("frontend:", "pages:").replaceAll("service: frontend", "service: pages"))).toBe(
      "api.staging.example.com",
    );
  });
});
