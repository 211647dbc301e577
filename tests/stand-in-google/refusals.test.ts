import { describe, expect, it } from "vitest";
import { Refusal } from "../support/stand-in-google/cloud.ts";
import { REFUSALS } from "../support/stand-in-google/refusals.ts";
import { goodEdge } from "./good-edge.ts";
import { Deployment } from "./in-process.ts";
import { REFUSAL_FIXTURES } from "./refusal-fixtures.ts";
import type { RefusalFixture } from "./planting.ts";

function refusalOf({ plant, isChange }: Pick<RefusalFixture, "plant" | "isChange">): Refusal | undefined {
  const deployment = new Deployment();
  if (isChange === true) deployment.apply(goodEdge());
  const edge = goodEdge();
  plant(edge.resource);
  try {
    deployment.apply(edge);
    return undefined;
  } catch (cause) {
    if (cause instanceof Refusal) return cause;
    throw cause;
  }
}

describe("the refusal table", () => {
  it("has nothing against the good edge, new or applied again", () => {
    const deployment = new Deployment();
    deployment.apply(goodEdge());
    expect(() => deployment.apply(goodEdge())).not.toThrow();
  });

  it("has a fixture for each row and a row for each fixture", () => {
    expect(REFUSAL_FIXTURES.map(({ refusal }) => refusal).sort()).toEqual(REFUSALS.map(({ id }) => id).sort());
  });

  it("has every row of the catalogue that only the apply finds and whose resources it knows", () => {
    const rows = new Set(REFUSALS.flatMap(({ row }) => row ?? []));
    const found = ["M3", "M4", "M5", "M16", "M18", "M20", "M21", "M25", "M36", "M43", "M48", "M53"];
    expect([...rows].sort()).toEqual([...found].sort());
  });

  it("names the facts of each row", () => {
    for (const { id, facts } of REFUSALS) expect(facts, id).not.toEqual([]);
  });

  it.each(REFUSAL_FIXTURES)("refuses $refusal and nothing else about that edge", (fixture) => {
    const refusal = refusalOf(fixture);
    expect(refusal?.rows).toEqual([fixture.refusal]);
    expect(refusal?.message).toContain(fixture.says);
  });
});

describe("what stands beside a row", () => {
  it.each([
    [
      "the default timeout on a serverless backend",
      (resource) => (resource.google_compute_backend_service.app.timeout_sec = 30),
    ],
    [
      "a request timeout of one hour",
      (resource) => (resource.google_cloud_run_v2_service.app.template.timeout = "3600s"),
    ],
    [
      "a service that the balancer does not know of",
      (resource) => {
        resource.google_compute_region_network_endpoint_group.app.cloud_run.service = "elsewhere";
      },
    ],
    [
      "an empty header",
      (resource) => resource.google_compute_backend_service.app.custom_request_headers.push("X-Empty:"),
    ],
  ] satisfies [string, RefusalFixture["plant"]][])("accepts %s", (_, plant) => {
    expect(refusalOf({ plant })).toBeUndefined();
  });
});
