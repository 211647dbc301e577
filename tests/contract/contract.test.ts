import { describe, expect, it } from "vitest";
import { hostIn, own, serviceIn } from "../../contract/contract.ts";
import { EVERYTHING, contractOf, environmentOf } from "../support/builders.ts";

describe("hostIn", () => {
  it("fills in the domain of the environment", () => {
    expect(hostIn({ host: "api.${domain}" }, { domain: "staging.example.com" })).toBe("api.staging.example.com");
  });

  it("leaves a host without a variable as it is", () => {
    expect(hostIn({ host: "api.example.com" }, { domain: "staging.example.com" })).toBe("api.example.com");
  });
});

describe("serviceIn", () => {
  const contract = contractOf(EVERYTHING);
  const backend = contract.services["backend"]!;

  it("lays the environment's own values over the declared ones, variable by variable", () => {
    expect(serviceIn(backend, environmentOf(contract, "production"))).toEqual({
      ...backend,
      minInstances: 2,
      maxInstances: 40,
      env: { LOG_LEVEL: "warning", PUBLIC_ORIGIN: "https://app.example.com", TRACE_LABEL: "api-production" },
      secrets: { SESSION_KEY: { secret: "session-key", version: "4" } },
    });
  });

  it("fills in the variables where the environment changes nothing", () => {
    expect(serviceIn(backend, environmentOf(contract, "staging"))).toEqual({
      ...backend,
      env: { LOG_LEVEL: "info", PUBLIC_ORIGIN: "https://app.staging.example.com" },
    });
  });

  it("leaves a service alone whose name is a property of every object", () => {
    const named = { ...backend, id: "constructor", env: {} };
    expect(serviceIn(named, environmentOf(contract, "production"))).toEqual(named);
  });

  it("knows a secret of the own project by one name, however it is written", () => {
    const environment = environmentOf(contract, "staging");
    const secret = (name: string): typeof backend => ({ ...backend, secrets: { KEY: { secret: name, version: "1" } } });
    const own = `projects/${environment.project}/secrets/key`;
    expect(serviceIn(secret(own), environment).secrets["KEY"]?.secret).toBe("key");
    expect(serviceIn(secret("projects/example-other/secrets/key"), environment).secrets["KEY"]?.secret).toBe(
      "projects/example-other/secrets/key",
    );
  });
});

describe("own", () => {
  it("gives the entry of a name, and nothing for one that every object answers to", () => {
    expect(own({ api: 1 }, "api")).toBe(1);
    for (const name of ["constructor", "toString", "__proto__"]) expect(own({ api: 1 }, name)).toBeUndefined();
    expect(own({ constructor: 2 }, "constructor")).toBe(2);
  });
});
