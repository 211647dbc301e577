import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { referenceTerraform } from "../support/reference.ts";
import type { EnvironmentId } from "../support/reference.ts";
import { SEED, anyCase, declaredRequests, mutated, plantedFaults } from "../support/oracle/corpus.ts";
import type { RandomCase } from "../support/oracle/corpus.ts";
import { modelOf } from "../support/oracle/model.ts";
import type { Plain } from "../support/oracle/terraform.ts";
import { CLIENT, onTheWire, signed } from "../support/oracle/testify.ts";
import { startWireEdge, startWitnesses } from "../support/oracle/wire.ts";
import type { Witnesses } from "../support/oracle/wire.ts";

const RANDOM_REQUESTS = process.env["HEADGATE_SOAK"] === undefined ? 60 : 2000;
const faults = await plantedFaults();

const witnesses: Partial<Record<EnvironmentId, Witnesses>> = {};
beforeAll(async () => {
  for (const environment of ["staging", "production"] as const)
    witnesses[environment] = await startWitnesses(modelOf(referenceTerraform(environment)).services);
});
afterAll(async () => {
  for (const one of Object.values(witnesses)) await one.close();
});

describe("a witness receives what the oracle says", () => {
  it.each([
    ["staging", undefined],
    ["production", undefined],
    ["production", "preview"],
  ] as const)("on every declared route of %s, edge %s, through TLS", async (environment, label) => {
    const text = JSON.stringify(referenceTerraform(environment));
    const terraform: Plain = JSON.parse(
      text.replaceAll(/\$\{(?:sensitive\()?terraform_data\.[^}]*?\.output\)?\}/g, "bound"),
    );
    const domain = environment === "staging" ? "staging.example.com" : "example.com";
    const edge = await startWireEdge(modelOf(terraform, label), witnesses[environment]!, {
      clientAddress: CLIENT,
      tls: true,
    });
    try {
      for (const request of declaredRequests(domain, [["X-Headgate-Preview", "bound"]]))
        expect(await onTheWire(signed(request), { terraform, edge, label }), JSON.stringify(request)).toEqual([]);
      const [first] = declaredRequests(domain);
      const stranger = { ...first!, headers: [["Host", "nobody.example.org"] as const] };
      await expect(edge.send(stranger)).rejects.toThrow();
    } finally {
      await edge.close();
    }
  });

  it.each(faults)("on the planted fault $title", async ({ plant }) => {
    const terraform = referenceTerraform();
    plant(terraform);
    const edge = await startWireEdge(modelOf(terraform), witnesses.staging!, { clientAddress: CLIENT });
    try {
      for (const request of declaredRequests("staging.example.com")) {
        const found = await onTheWire(signed(request), { terraform, edge });
        expect(found ?? [], JSON.stringify(request)).toEqual([]);
      }
    } finally {
      await edge.close();
    }
  });

  it("on random requests to randomly changed Terraform", { timeout: 600_000 }, async () => {
    const cases = fc.sample(anyCase, { numRuns: RANDOM_REQUESTS, seed: SEED });
    let sent = 0;
    let testified = 0;
    for (const each of cases) {
      if (sent >= RANDOM_REQUESTS) break;
      for (const found of await differencesOf(each)) {
        sent++;
        if (found !== null) testified++;
        const say = `seed ${SEED}, ${each.mutations.map(({ say: what }) => what).join("; ")}`;
        expect(found ?? [], `${say} ${JSON.stringify(each.requests)}`.slice(0, 4000)).toEqual([]);
      }
    }
    expect(testified / sent, `seed ${SEED}`).toBeGreaterThan(0.4);
  });
});

async function differencesOf({ mutations, requests, reading }: RandomCase): Promise<(string[] | null)[]> {
  const terraform = mutated(mutations);
  const edge = await startWireEdge(modelOf(terraform), witnesses.staging!, { clientAddress: CLIENT, reading });
  try {
    const found: (string[] | null)[] = [];
    for (const request of requests) found.push(await onTheWire(signed(request), { terraform, edge, reading }));
    return found;
  } finally {
    await edge.close();
  }
}
