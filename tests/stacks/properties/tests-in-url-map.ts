import { expect } from "vitest";
import type { Json } from "../../support/reference.ts";
import type { Property } from "./property.ts";
import { edgesIn, hostsIn, routesIn } from "./reference-system.ts";
import { backendReference, bodiesOf, mapOf } from "./resources.ts";

/** A test without the text that only people read. */
const plain = ({ description: _description, ...test }: Json): Json => test;

export const testsInUrlMap: readonly Property[] = [
  {
    name: "every declared path form of every host has a test with the service that must get it",
    facts: ["U16", "U12"],
    holds: (terraform, environment) => {
      for (const edge of edgesIn(environment)) {
        const expected = routesIn(environment, edge).flatMap(({ host, rules, fallback }) => [
          ...rules.flatMap(({ exact, prefixes, service }) =>
            [...exact, ...prefixes.map((prefix) => `${prefix}headgate-test`)].map((path) => ({ host, path, service })),
          ),
          ...(rules.some(({ prefixes }) => prefixes.includes("/"))
            ? []
            : [{ host, path: "/headgate-test", service: fallback }]),
        ]);
        expect((mapOf(terraform, "routing", edge)[1].test as Json[]).map(plain)).toEqual(
          expected.map((test) => ({ ...test, service: backendReference(terraform, test.service, edge) })),
        );
      }
    },
  },
  {
    name: "the redirect of every host has a test",
    facts: ["U16", "U21"],
    holds: (terraform, environment) => {
      for (const edge of edgesIn(environment))
        expect((mapOf(terraform, "redirect", edge)[1].test as Json[]).map(plain)).toEqual(
          hostsIn(environment).map((host) => ({
            host,
            path: "/headgate-test",
            expected_output_url: `https://${host}/headgate-test`,
            expected_redirect_response_code: 301,
          })),
        );
    },
  },
  {
    name: "every test says which URL it asks for",
    facts: [],
    holds: (terraform, environment) => {
      for (const edge of edgesIn(environment)) {
        for (const { description, host, path } of mapOf(terraform, "routing", edge)[1].test as Json[])
          expect(description).toBe(`${host}${path}`);
        for (const { description, host } of mapOf(terraform, "redirect", edge)[1].test as Json[])
          expect(description).toBe(`http://${host}`);
      }
    },
  },
  {
    name: "no map has more tests than a hundred",
    facts: ["U16"],
    holds: (terraform) => {
      for (const { test } of bodiesOf(terraform, "google_compute_url_map")) {
        expect((test as Json[]).length).toBeGreaterThan(0);
        expect((test as Json[]).length).toBeLessThanOrEqual(100);
      }
    },
  },
];
