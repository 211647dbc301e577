import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { referenceTerraform, routingMap } from "../support/reference.ts";
import type { EnvironmentId } from "../support/reference.ts";
import { RUNS, SEED, anyCase, declaredRequests, mutated, plantedFaults } from "../support/oracle/corpus.ts";
import { unexplained } from "../support/oracle/known.ts";
import type { Where } from "../support/oracle/known.ts";
import { compareWithModel, modelOf } from "../support/oracle/model.ts";
import type { Comparison } from "../support/oracle/model.ts";
import { anyRequest } from "../support/oracle/random.ts";
import type { Plain } from "../support/oracle/terraform.ts";

const DOMAIN: Readonly<Record<EnvironmentId, string>> = {
  staging: "staging.example.com",
  production: "example.com",
};
const faults = await plantedFaults();

function disagreements({ differences, needlesslyUnknown }: Comparison, where: Where): string[] {
  return needlesslyUnknown ? [] : unexplained(differences, where);
}

describe("oracle and model agree", () => {
  it.each(["staging", "production"] as const)("on every declared route, client and protocol in %s", (environment) => {
    const terraform = referenceTerraform(environment);
    const model = modelOf(terraform);
    for (const request of declaredRequests(DOMAIN[environment])) {
      const compared = compareWithModel(terraform, request, { model });
      expect(compared.model.kind).toBe("backend");
      expect(compared.differences, JSON.stringify(request)).toEqual([]);
    }
  });

  it("on the preview edge, with the header that opens it and without", () => {
    const bound = bindToken(referenceTerraform("production"));
    const model = modelOf(bound, "preview");
    const kinds = new Set<string>();
    for (const lines of [[], [["X-Headgate-Preview", "wrong"]], [["X-Headgate-Preview", "bound"]]] as const) {
      for (const request of declaredRequests(DOMAIN.production, lines)) {
        const compared = compareWithModel(bound, request, { model, edge: "preview" });
        expect(compared.differences, JSON.stringify(request)).toEqual([]);
        kinds.add(`${compared.model.kind} ${lines.join("=")}`);
      }
    }
    expect([...kinds]).toEqual(
      ["rejected ", "rejected X-Headgate-Preview=wrong", "backend X-Headgate-Preview=bound"].map((each) =>
        each.replace("=", ","),
      ),
    );
    const outside = { ...declaredRequests(DOMAIN.production)[0]!, clientAddress: "198.51.100.7" };
    expect(compareWithModel(bound, outside, { model, edge: "preview" }).differences).toEqual([]);
  });

  it.each(faults)("on the planted fault $title", ({ plant }) => {
    const terraform = referenceTerraform();
    plant(terraform);
    const model = modelOf(terraform);
    for (const request of declaredRequests(DOMAIN.staging))
      expect(compareWithModel(terraform, request, { model }).differences, JSON.stringify(request)).toEqual([]);
  });

  it("on random requests to the reference system", { timeout: 600_000 }, () => {
    const terraform = referenceTerraform();
    const model = modelOf(terraform);
    const kinds = new Set<string>();
    fc.assert(
      fc.property(anyRequest(), (request) => {
        const compared = compareWithModel(terraform, request, { model });
        kinds.add(compared.model.kind);
        expect(disagreements(compared, { terraform, reading: {} })).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect([...kinds].sort(), `seed ${SEED}`).toEqual(expect.arrayContaining(["backend", "redirect", "rejected"]));
  });

  it("on random requests to randomly changed Terraform, under random readings", { timeout: 600_000 }, () => {
    let answered = 0;
    let compared = 0;
    fc.assert(
      fc.property(anyCase, ({ requests, reading, mutations }) => {
        const terraform = mutated(mutations);
        const model = modelOf(terraform);
        for (const request of requests) {
          const comparison = compareWithModel(terraform, request, { model, reading });
          compared++;
          if (comparison.model.kind !== "unknown") answered++;
          const say = mutations.map(({ say: what }) => what).join("; ");
          expect(disagreements(comparison, { terraform, reading }), `${say} ${JSON.stringify(reading)}`).toEqual([]);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(answered / compared, `seed ${SEED}`).toBeGreaterThan(0.6);
  });

  it("that a second edge is another one", () => {
    const terraform = referenceTerraform("production");
    routingMap(terraform, "preview").header_action.request_headers_to_remove.push("Cookie");
    const [request] = declaredRequests(DOMAIN.production);
    expect(compareWithModel(terraform, request!).model.headers?.get("cookie")).toEqual(["session=token"]);
    expect(compareWithModel(terraform, request!).differences).toEqual([]);
  });
});

/** The token of the preview edge as it stands after an apply: one text in place of the expression. */
function bindToken(terraform: Plain): Plain {
  return JSON.parse(
    JSON.stringify(terraform).replaceAll(/\$\{(?:sensitive\()?terraform_data\.[^}]*?\.output\)?\}/g, "bound"),
  );
}
