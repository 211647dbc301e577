import { describe, expect, it } from "vitest";
import { hostIn } from "../../contract/contract.ts";

describe("hostIn", () => {
  it("fills in the domain of the environment", () => {
    expect(hostIn({ host: "api.${domain}" }, { domain: "staging.example.com" })).toBe("api.staging.example.com");
  });

  it("leaves a host without a variable as it is", () => {
    expect(hostIn({ host: "api.example.com" }, { domain: "staging.example.com" })).toBe("api.example.com");
  });
});
