import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Contract } from "../../contract/contract.ts";
import { ContractError } from "../../contract/problem.ts";
import { forbiddenNames, removedHere, routesByHost, writtenHeaders } from "../../stacks/route-order.ts";
import { REFERENCE, RUNS, contractOf, edit, environmentOf } from "../support/builders.ts";

const CONTRACT = contractOf(REFERENCE);
const STAGING = environmentOf(CONTRACT);

function withHeaders(...headers: string[]): Contract {
  const lines = headers.map((header) => `  ${header}\n`).join("");
  return contractOf(edit(REFERENCE, "  identity: {", `${lines}  identity: {`));
}

function withRoutes(contract: Contract, routes: readonly (readonly [paths: readonly string[], headers?: string[]])[]) {
  const [any] = contract.routes;
  return {
    ...contract,
    routes: routes.map(([paths, headers]) => ({ ...any!, id: paths.join(" "), paths, headers: headers ?? [] })),
  };
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ContractError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("routesByHost", () => {
  it("gives each host of the environment once, in the order of the file", () => {
    expect(routesByHost(CONTRACT, STAGING).map(({ host }) => host)).toEqual([
      "api.staging.example.com",
      "auth.staging.example.com",
      "app.staging.example.com",
    ]);
  });

  it("gives a host its own routes and no other", () => {
    expect(routesByHost(CONTRACT, STAGING)[1]!.routes.map(({ id }) => id)).toEqual(["auth.${domain} /*"]);
  });

  it("gives the route of everything else as the fallback", () => {
    expect(routesByHost(CONTRACT, STAGING)[0]!.fallback).toMatchObject({ paths: ["/*"], service: "frontend" });
  });

  it("matches the most specific path first, whatever the order in the file", () => {
    const forms = ["/ws", "/ws/*", "/ws/x", "/ws/x/*", "/api/*", "/*"];
    const matches = (form: string, path: string): boolean =>
      form.endsWith("/*") ? path.startsWith(form.slice(0, -1)) : path === form;
    // The longer match wins, and of two alike the exact one.
    const rank = (form: string): number => (form.endsWith("*") ? form.length - 1 : form.length + 0.5);
    const shuffled = fc.shuffledSubarray(forms, { minLength: forms.length });
    fc.assert(
      fc.property(
        shuffled,
        fc.constantFrom("/ws", "/ws/", "/ws/x", "/ws/x/", "/ws/xy", "/api/v1", "/"),
        (order, path) => {
          const contract = withRoutes(
            CONTRACT,
            order.map((form) => [[form]]),
          );
          const [{ routes } = { routes: [] }] = routesByHost(contract, STAGING);
          const longest = forms.filter((form) => matches(form, path)).sort((a, b) => rank(b) - rank(a))[0];
          expect(routes.find(({ id }) => matches(id, path))!.id).toBe(longest);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("keeps the order of the file between routes that do not overlap", () => {
    const contract = withRoutes(CONTRACT, [[["/b/*"]], [["/a/*"]], [["/*"]]]);
    expect(routesByHost(contract, STAGING)[0]!.routes.map(({ id }) => id)).toEqual(["/b/*", "/a/*", "/*"]);
  });

  it("refuses a host without a route for everything else, at its first route", () => {
    const text = edit(
      REFERENCE,
      "  - host: auth.${domain}\n    paths: [/*]",
      "  - host: auth.${domain}\n    paths: [/login]",
    );
    expect(refusal(() => routesByHost(contractOf(text), STAGING))).toBe(
      "headgate.yaml:50:5  routes (auth.${domain} /login): host auth.staging.example.com has no route for /*: the URL map must know where every other path goes",
    );
  });

  it("refuses two routes that overlap both ways", () => {
    const contract = withRoutes(CONTRACT, [[["/a/*", "/b/x"]], [["/b/*", "/a/x"]], [["/*"]]]);
    expect(refusal(() => routesByHost(contract, STAGING))).toBe(
      "headgate.yaml:34:5  routes (/a/* /b/x): overlaps with another route of this host both ways; split its paths over two routes",
    );
  });
});

describe("forbiddenNames", () => {
  it("gives the names that no route lets through, each once", () => {
    expect(forbiddenNames(CONTRACT)).toEqual(["X-E2E-Bypass", "X-User-Id"]);
  });

  it("leaves out a name that some route lets through, in whatever case", () => {
    const declared = withHeaders("no-cookie: { name: COOKIE, arrives: never }");
    const contract = withRoutes(declared, [
      [["/ws"], ["session-cookie"]],
      [["/*"], ["no-cookie", "identity"]],
    ]);
    expect(forbiddenNames(contract)).toEqual(["X-User-Id"]);
  });

  it("leaves out a header that is declared and used by no route", () => {
    expect(forbiddenNames(withHeaders("unused: { name: X-Unused, arrives: never }"))).not.toContain("X-Unused");
  });
});

describe("removedHere", () => {
  it("is empty where everything forbidden is removed for every request", () => {
    expect(CONTRACT.routes.flatMap((route) => removedHere(CONTRACT, route))).toEqual([]);
  });

  it("gives a name that this route forbids and another lets through", () => {
    const declared = withHeaders("no-cookie: { name: COOKIE, arrives: never }");
    const contract = withRoutes(declared, [
      [["/ws"], ["session-cookie"]],
      [["/*"], ["no-cookie", "identity"]],
    ]);
    expect(contract.routes.map((route) => removedHere(contract, route))).toEqual([[], ["COOKIE"]]);
  });
});

describe("writtenHeaders", () => {
  it("gives what the edge writes on a route", () => {
    expect(writtenHeaders(CONTRACT, CONTRACT.routes[0]!)).toEqual([{ name: "X-Request-Source", value: "public-edge" }]);
  });

  it("gives nothing for a route without such a header", () => {
    expect(writtenHeaders(CONTRACT, CONTRACT.routes[2]!)).toEqual([]);
  });

  it("refuses a header that must be set and has no value, at its id", () => {
    const contract = contractOf(edit(REFERENCE, "value: public-edge, ", ""));
    expect(refusal(() => writtenHeaders(contract, contract.routes[0]!))).toBe(
      "headgate.yaml:14:3  headers.request-source: needs `value`: what the generated edge writes for arrives: { set: … }",
    );
  });
});
