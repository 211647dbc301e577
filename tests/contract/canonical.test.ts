import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalContract, canonicalJson, digestOf, inCanonicalOrder } from "../../contract/canonical.ts";
import type { CanonicalContract } from "../../contract/canonical.ts";
import { EVERYTHING, RUNS, contractOf, edit, environmentOf } from "../support/builders.ts";

function canonicalOf(text: string, environment = "production"): CanonicalContract {
  const contract = contractOf(text);
  return canonicalContract(contract, environmentOf(contract, environment));
}

/** Every key that stands anywhere in plain data. */
function keysIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]);
}

describe("canonicalContract", () => {
  const canonical = canonicalOf(EVERYTHING);

  it("holds no place in a file", () => {
    const keys = keysIn(canonical);
    expect(
      ["at", "arrivesAt", "pathsAt", "file", "line", "column", "digest"].filter((key) => keys.includes(key)),
    ).toEqual([]);
  });

  it("holds what the environment is and how it runs each service, its own values laid over the declared ones", () => {
    expect(canonical.environment).toMatchObject({ id: "production", domain: "example.com", promotion: "preview" });
    expect(canonical.environment).not.toHaveProperty("services");
    expect(canonical.services["backend"]).toMatchObject({
      minInstances: 2,
      maxInstances: 40,
      env: { LOG_LEVEL: "warning", PUBLIC_ORIGIN: "https://app.example.com", TRACE_LABEL: "api-production" },
      secrets: { SESSION_KEY: { secret: "session-key", version: "4" } },
    });
  });

  it("holds nothing of another environment", () => {
    const moved = edit(EVERYTHING, "domain: staging.example.com", "domain: test.example.com");
    expect(canonicalOf(moved)).toEqual(canonical);
    expect(canonicalOf(moved, "staging")).not.toEqual(canonicalOf(EVERYTHING, "staging"));
  });

  it("holds nothing of the deploy alone: how long a receipt holds makes no other infrastructure", () => {
    const longer = edit(EVERYTHING, "deletion-protection: true", "deletion-protection: true\n    receipt-age: 2h");
    expect(canonicalOf(longer)).toEqual(canonicalOf(EVERYTHING));
  });

  it("holds no flow and no priority of a route", () => {
    expect(canonical.routes[0]).toEqual({
      id: "api.${domain} /ws /ws/*",
      host: "api.${domain}",
      paths: ["/ws", "/ws/*"],
      service: "backend",
      protocol: "websocket",
      clients: ["browser", "native"],
      headers: ["authorization", "session-token", "client-place", "test-bypass"],
      lifetimeMs: 3_600_000,
    });
  });

  it("leaves the contract as it was", () => {
    const contract = contractOf(EVERYTHING);
    canonicalContract(contract, environmentOf(contract, "production"));
    expect(contract).toEqual(contractOf(EVERYTHING));
  });
});

/** Any plain data, and the same data with the keys of every object the other way round. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
};

describe("inCanonicalOrder", () => {
  it("puts headers and services by id, and changes nothing else", () => {
    const contract = contractOf(EVERYTHING);
    const turned = <Part>(parts: Readonly<Record<string, Part>>): Record<string, Part> =>
      Object.fromEntries(Object.entries(parts).reverse());
    const other = { ...contract, headers: turned(contract.headers), services: turned(contract.services) };
    expect(Object.keys(other.headers)).not.toEqual(Object.keys(contract.headers));
    expect(JSON.stringify(inCanonicalOrder(other))).toBe(JSON.stringify(inCanonicalOrder(contract)));
    expect(inCanonicalOrder(contract)).toEqual(contract);
  });
});

describe("canonicalJson", () => {
  it("sorts the keys of every object, and leaves lists in their order", () => {
    expect(canonicalJson({ b: 1, a: { d: [2, 1], c: null } })).toBe('{"a":{"c":null,"d":[2,1]},"b":1}');
  });

  it("does not see a key whose value is undefined", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe(canonicalJson({ b: 1 }));
  });

  it("gives one text for the same data in any order of keys, and the data back from it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("digestOf", () => {
  it("is the SHA-256 of the canonical text, hexadecimal", () => {
    expect(digestOf({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  });
});
