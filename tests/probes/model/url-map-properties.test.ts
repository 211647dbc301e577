import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceRequest } from "../../../probes/model/trace.ts";
import { ADDRESS, edgeModel } from "../../support/edge-fixture.ts";
import { arriving, edgeRequest, traced } from "../../support/edge-request.ts";

const SEED = Number(process.env["HEADGATE_SEED"] ?? Date.now() % 2 ** 31);
const RUNS = { numRuns: 60, seed: SEED };
const API = "${google_compute_backend_service.api.id}";
const WEB = "${google_compute_backend_service.web.id}";

const segment = fc.constantFrom("a", "b", "A", "ws");
const path = fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
const form = fc.oneof(
  path,
  path.map((text) => (text === "/" ? "/*" : `${text}/*`)),
);
const label = fc.constantFrom("a", "b-x", "c");
const host = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => [...labels, "example.com"].join("."));
const pattern = fc.oneof(
  host,
  fc.constant("*"),
  host.map((name) => `*.${name}`),
  host.map((name) => `*-${name}`),
);
const headerName = fc.constantFrom("X-Abc", "x-abc", "X-ABC", "x-aBC");

const adds = (header_value: string) => ({
  request_headers_to_add: [{ header_name: "X-A", header_value, replace: true }],
});

describe(`properties of a URL map (seed ${SEED})`, () => {
  it("a path rule is the exact one, else the longest, as if all were tried", () => {
    const anyCase = fc.tuple(fc.uniqueArray(fc.tuple(form, fc.boolean()), { selector: ([text]) => text }), path);
    fc.assert(
      fc.property(anyCase, ([rules, target]) => {
        const model = edgeModel(({ pathMatcher }) => {
          delete pathMatcher["route_rules"];
          pathMatcher["path_rule"] = rules.map(([text, isApi]) => ({ paths: [text], service: isApi ? API : WEB }));
        });
        const covering = rules.filter(([text]) =>
          text.endsWith("/*") ? target.startsWith(text.slice(0, -1)) : text === target,
        );
        const rank = (text: string): number => (text === target ? Infinity : text.length);
        const best = [...covering].sort(([a], [b]) => rank(b) - rank(a))[0];
        const { backend } = traceRequest(model, edgeRequest("http", [], { target }));
        expect(backend).toBe(best?.[1] === true ? ADDRESS.api : ADDRESS.web);
      }),
      RUNS,
    );
  });

  it("a host rule is the exact one, else the longest, as if all were tried", () => {
    const anyCase = fc.tuple(fc.uniqueArray(fc.tuple(pattern, fc.boolean()), { selector: ([text]) => text }), host);
    fc.assert(
      fc.property(anyCase, ([rules, name]) => {
        const model = edgeModel(({ urlMap, proxy }) => {
          delete proxy["ssl_certificates"];
          proxy["certificate_map"] = "${var.it}";
          urlMap["host_rule"] = rules.map(([text, isApi]) => ({ hosts: [text], path_matcher: isApi ? "api" : "web" }));
          const matchers = [API, WEB].map((default_service, index) => ({
            name: ["api", "web"][index],
            default_service,
          }));
          urlMap["path_matcher"] = matchers;
        });
        const covering = rules.filter(
          ([text]) => text === name || (text.startsWith("*") && name.endsWith(text.slice(1))),
        );
        const rank = (text: string): number => (text === name ? Infinity : text.length);
        const best = [...covering].sort(([a], [b]) => rank(b) - rank(a))[0];
        const { backend } = traceRequest(model, edgeRequest("http", [], { headers: [["Host", name.toUpperCase()]] }));
        expect(backend).toBe(best?.[1] === true ? ADDRESS.api : ADDRESS.web);
      }),
      RUNS,
    );
  });

  it("names compare in any case, and removing twice is removing once", () => {
    fc.assert(
      fc.property(headerName, fc.array(headerName, { minLength: 1, maxLength: 3 }), (sent, removed) => {
        const model = edgeModel(({ urlMap, routeRule }) => {
          for (const block of [urlMap, routeRule]) block["header_action"] = { request_headers_to_remove: removed };
        });
        const trace = traceRequest(model, edgeRequest("http", [[sent, "v"]]));
        expect(traced(trace, "x-abc")).toMatchObject({ state: "removed", arrives: [] });
      }),
      RUNS,
    );
  });

  it("the broadest level that writes a header has the last word (U2)", () => {
    fc.assert(
      fc.property(fc.subarray(["rule", "matcher", "map"], { minLength: 1 }), (levels) => {
        const model = edgeModel(({ routeRule, pathMatcher, urlMap }) => {
          const blocks = { rule: routeRule, matcher: pathMatcher, map: urlMap };
          for (const level of levels) blocks[level as keyof typeof blocks]["header_action"] = adds(level);
        });
        const broadest = ["map", "matcher", "rule"].find((level) => levels.includes(level));
        expect(arriving(traceRequest(model, edgeRequest("http")), "x-a")).toEqual([broadest]);
      }),
      RUNS,
    );
  });

  it("an answer without a draw covers the answer of every draw (U20)", () => {
    const weights = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 4 });
    const draw = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(
        weights.filter((all) => all.some((weight) => weight > 0)),
        draw,
        (all, drawn) => {
          const model = edgeModel(({ routeRule }) => {
            delete routeRule["service"];
            routeRule["route_action"] = {
              weighted_backend_services: all.map((weight, index) => ({
                backend_service: index % 2 === 0 ? API : WEB,
                weight,
                header_action: adds(`v${index % 3}`),
              })),
            };
          });
          const whole = traceRequest(model, edgeRequest("http"));
          const one = traceRequest(model, edgeRequest("http", [], { draw: drawn }));
          const backends = whole.backends?.map(({ backend }) => backend) ?? [whole.backend];
          expect(backends).toContain(one.backend);
          for (const header of whole.headers.filter(({ state }) => state !== "unknown"))
            expect(traced(one, header.name)).toMatchObject({ state: header.state, arrives: header.arrives });
        },
      ),
      RUNS,
    );
  });
});
