import { describe, expect, it } from "vitest";
import type { Environment } from "../../../contract/contract.ts";
import { PREVIEW_HEADER } from "../../../contract/probe-protocol.ts";
import { approachesOf } from "../../../probes/pipeline/approach.ts";
import { PLACEHOLDER } from "../../../probes/terraform/graph.ts";
import { REFERENCE, contractOf, environmentOf } from "../../support/builders.ts";
import { edgeModel } from "../../support/edge-fixture.ts";

const STAGING = environmentOf(contractOf(REFERENCE));
const allowing = (...allow: string[]): Environment => ({
  ...STAGING,
  preview: { allow, witness: { image: "image", key: { secret: "key", version: "1" } } },
});
const approaches = (environment: Environment, ...edges: (string | undefined)[]) =>
  approachesOf(
    environment,
    edges.map((edge) => ({ ...edgeModel(), edge })),
  );

describe("the approach to an edge", () => {
  it.each([[undefined], ["production"]])("%s is the environment's own, from loopback and without a key", (edge) => {
    expect(approaches(STAGING, edge)).toMatchObject([
      { env: "staging", model: { edge }, clientAddress: "127.0.0.1", lines: [] },
    ]);
  });

  it("preview has a name of its own, an allowed address and the header that opens it", () => {
    expect(approaches(allowing("203.0.113.0/24", "2001:db8::/32"), "production", "preview")).toMatchObject([
      { env: "staging" },
      { env: "staging (preview)", clientAddress: "203.0.113.1", lines: [[PREVIEW_HEADER, PLACEHOLDER]] },
    ]);
    expect(approaches(allowing("2001:db8::/32"), "preview")[0]!.clientAddress).toBe("2001:db8:0:0:0:0:0:1");
  });

  it("preview comes from loopback where the contract allows nobody", () => {
    expect(approaches(STAGING, "preview")[0]!.clientAddress).toBe("127.0.0.1");
    expect(approaches(allowing("nonsense"), "preview")[0]!.clientAddress).toBe("127.0.0.1");
  });

  it("never has the name of another", () => {
    const names = approaches(STAGING, "production", undefined, "preview", "other").map(({ env }) => env);
    expect(names).toEqual(["staging (production)", "staging", "staging (preview)", "staging (other)"]);
  });
});
