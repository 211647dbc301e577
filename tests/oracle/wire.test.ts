import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { referenceTerraform } from "../support/reference.ts";
import type { EnvironmentId } from "../support/reference.ts";
import { askOracle } from "../support/oracle/ask.ts";
import { accountOfOracle, differences } from "../support/oracle/compare.ts";
import type { Account } from "../support/oracle/compare.ts";
import { SEED, anyCase, declaredRequests, mutated, plantedFaults } from "../support/oracle/corpus.ts";
import type { RandomCase } from "../support/oracle/corpus.ts";
import { unexplained } from "../support/oracle/known.ts";
import { modelOf } from "../support/oracle/model.ts";
import type { Reading } from "../support/oracle/model.ts";
import type { Plain } from "../support/oracle/terraform.ts";
import type { OracleRequest } from "../support/oracle/types.ts";
import { accountOfReceived, signature, startWireEdge, startWitnesses } from "../support/oracle/wire.ts";
import type { WireEdge, Witnesses } from "../support/oracle/wire.ts";

const CLIENT = "203.0.113.5";
const RANDOM_REQUESTS = process.env["HEADGATE_SOAK"] === undefined ? 60 : 2000;
const faults = await plantedFaults();

const witnesses: Partial<Record<EnvironmentId, Witnesses>> = {};
beforeAll(async () => {
  for (const environment of ["staging", "production"] as const)
    witnesses[environment] = await startWitnesses(modelOf(referenceTerraform(environment)));
});
afterAll(async () => {
  for (const one of Object.values(witnesses)) await one.close();
});

interface Shown {
  readonly terraform: Plain;
  readonly edge: WireEdge;
  readonly label?: string;
  readonly reading?: Reading;
}

/** What the witness received compared with what the oracle expected; null where no witness can testify. */
async function onTheWire(request: OracleRequest, { terraform, edge, label, reading = {} }: Shown) {
  const answer = askOracle(terraform, request, { reading, ...(label !== undefined && { edge: label }) });
  const expected = accountOfOracle(answer);
  const received = await edge.send(request);
  if (expected.kind === "backend" && !canTestify(expected, request)) return null;
  if (expected.kind === "tls-error" || expected.kind === "unknown" || received.status === 501) return null;
  const seen = accountOfReceived(received, expected.backend);
  return unexplained(differences(seen, expected, { joined: reading["repeated-headers"] === "joined", real: true }), {
    terraform,
    reading,
  });
}

/** A service answers a handshake that is complete, and a witness a signature that arrived. */
function canTestify({ headers }: Account, request: OracleRequest): boolean {
  const has = (name: string, value?: string | null): boolean => {
    const found = headers?.get(name) ?? [];
    return found.length === 1 && (value === undefined || found[0] === value);
  };
  if (!has("x-headgate-signature", request.headers.at(-1)![1]) || !has("host")) return false;
  return (
    !headers!.has("upgrade") || (has("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==") && has("sec-websocket-version"))
  );
}

/** The same request, signed, from the one client that an emulated edge has. */
function signed(request: OracleRequest): OracleRequest {
  const method = ["HEAD", "BREW"].includes(request.method) ? "GET" : request.method;
  return { ...request, method, clientAddress: CLIENT, headers: [...request.headers, signature()] };
}

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
