import { afterEach, describe, expect, it } from "vitest";
import type { Result } from "../../../probes/facts/result.ts";
import { runPipeline } from "../../../probes/pipeline.ts";
import { reportSchema } from "../../../probes/report/schema.ts";
import { renderText } from "../../../probes/report/text.ts";
import { contractOf, fingerprint, steadyMint } from "../../support/builders.ts";
import {
  EVERYTHING,
  addEdge,
  addPolicy,
  armorRule,
  edgeText,
  smallEdge,
  synthFiles,
  temporaryFolder,
} from "../../support/edge-fixture.ts";
import type { Block, SmallEdge } from "../../support/edge-fixture.ts";

const CONTRACT = contractOf(`version: 1
name: small
environments:
  staging: { project: example-staging, region: us-central1, domain: example.com }
headers:
  authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged }
  cookie: { name: Cookie, send: "session=\${token}", arrives: unchanged }
services:
  api: { image: "us-docker.pkg.dev/example/small/api@sha256:${"a".repeat(64)}" }
  web: { image: "us-docker.pkg.dev/example/small/web@sha256:${"b".repeat(64)}" }
routes:
  - { host: "api.\${domain}", paths: [/ws, /ws/*], service: api, protocol: websocket, headers: [authorization, cookie], clients: [browser, native] }
  - { host: "api.\${domain}", paths: [/*], service: web, headers: [cookie] }
`);
const OPENS =
  "inIpRange(origin.ip, '203.0.113.0/24') && request.headers['x-headgate-preview'] == '${terraform_data.preview_token.output}'";
const CLOSED: Block = { ...EVERYTHING, action: "deny(404)" };

/** The small edge as production, and a preview edge with the same routes to backends of its own behind a policy. */
function twoEdges(patch: (preview: { edge: SmallEdge; urlMap: Block; backends: Record<string, Block> }) => void) {
  return smallEdge((edge) => {
    edge.forwardingRule["labels"] = { "headgate-edge": "production" };
    addPolicy(edge, [armorRule(1000, "allow", OPENS), CLOSED]);
    const security_policy = edge.backend["security_policy"];
    delete edge.backend["security_policy"];
    const backends = edge.resource["google_compute_backend_service"]!;
    Object.assign(backends, {
      preview_api: { ...edge.backend, security_policy },
      preview_web: { ...edge.webBackend, security_policy },
    });
    const urlMap = addEdge(edge, "preview");
    const routes = JSON.stringify(edge.urlMap).replace(/backend_service\.(api|web)/g, "backend_service.preview_$1");
    Object.assign(urlMap, JSON.parse(routes), { name: "preview" });
    patch({ edge, urlMap, backends });
  });
}

let folder: ReturnType<typeof temporaryFolder> | undefined;
afterEach(() => folder?.remove());

function run(edge: SmallEdge): Promise<Result> {
  folder = temporaryFolder(synthFiles({ staging: edgeText(edge) }));
  const preview = { allow: ["203.0.113.0/24"], witness: { image: "image", key: { secret: "key", version: "1" } } };
  return runPipeline({
    run: { id: "run-1", verb: "gate", tool: "headgate 0.1.0", startedAt: "2030-01-01T00:00:00.000Z" },
    contract: CONTRACT,
    environments: [{ ...CONTRACT.environments["staging"]!, preview }],
    source: { kind: "cdktf", directory: folder.path },
    probe: { timeoutMs: 10_000, concurrency: 8, signal: new AbortController().signal },
    mint: steadyMint(),
    today: "2030-01-01",
    seed: 1,
    fingerprint,
    steps: [],
    measure: (_, work) => work(),
  });
}

const nothing = (): void => undefined;
const closedControl = ({ controls }: Result) => controls.find(({ id }) => id === "negative http preview-closed");
const failedIn = ({ cells }: Result) => [
  ...new Set(cells.filter(({ state }) => state === "fail").map(({ env }) => env)),
];

describe("an environment with a preview edge", () => {
  it("passes at both edges, with a name, ids and coverage for each, and is proved closed", async () => {
    const result = await run(twoEdges(nothing));
    expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({ verdict: "pass", reasons: [] });
    expect(closedControl(result)).toMatchObject({ env: "staging (preview)", state: "pass" });
    for (const [part, entries] of Object.entries({ cells: result.cells, coverage: result.coverage })) {
      const envs = entries.map(({ env }) => env);
      expect([...new Set(envs)], part).toEqual(["staging", "staging (preview)"]);
      expect(
        envs.filter((env) => env === "staging"),
        part,
      ).toHaveLength(envs.length / 2);
    }
    expect(new Set(result.cells.map(({ id }) => id)).size).toBe(result.cells.length);
    expect(new Set(result.controls.map(({ env, id }) => `${env} ${id}`)).size).toBe(result.controls.length);
    expect(result.coverage.every(({ witnessed, attempted }) => witnessed > 0 && witnessed === attempted)).toBe(true);
    expect(result.steps.find(({ name }) => name === "model")!.detail).toBe("2 listeners, 4 backends, 2 edges");
    expect(() => reportSchema.parse(result)).not.toThrow();
  });

  it("is headed by the edge in the report", async () => {
    const text = renderText(await run(twoEdges(nothing)), { colour: false, timings: false });
    expect(text).toContain("\napi.example.com /ws /ws/*  → api\n");
    expect(text).toContain("\napi.example.com /ws /ws/* (preview)  → api\n");
  });

  it("fails at the preview edge alone for what is lost there alone", async () => {
    const result = await run(
      twoEdges(({ urlMap }) => (urlMap["header_action"] = { request_headers_to_remove: ["Authorization"] })),
    );
    expect(result.verdict).toBe("contract-broken");
    expect(failedIn(result)).toEqual(["staging (preview)"]);
    for (const { by } of result.cells.filter(({ state }) => state === "fail"))
      expect(by[0]).toMatchObject({
        address: "google_compute_url_map.preview",
        attribute: "header_action.request_headers_to_remove[0]",
      });
  });

  it("fails at the production edge alone for what is lost there alone", async () => {
    const result = await run(
      twoEdges(({ edge }) => (edge.urlMap["header_action"] = { request_headers_to_remove: ["Authorization"] })),
    );
    expect(failedIn(result)).toEqual(["staging"]);
  });

  it("is not proved where one service of the preview edge is open", async () => {
    const result = await run(twoEdges(({ backends }) => delete backends["preview_web"]!["security_policy"]));
    expect(result.verdict).toBe("inconclusive");
    expect(closedControl(result)).toMatchObject({
      state: "fail",
      reason: "a request without the preview header reached service web",
    });
  });

  it("is not proved where the service behind it refuses instead of the edge", async () => {
    const result = await run(
      twoEdges(({ edge, backends }) => {
        delete backends["preview_web"]!["security_policy"];
        edge.resource["google_cloud_run_v2_service"]!["web"]!["invoker_iam_disabled"] = false;
      }),
    );
    expect(closedControl(result)).toMatchObject({
      state: "fail",
      reason: "a request without the preview header was answered 403, and not refused by the edge with 403 or 404",
    });
  });

  it("fails for a client from another address: the edge lets no probe in", async () => {
    const result = await run(
      twoEdges(({ edge }) => {
        const { rule } = edge.resource["google_compute_security_policy"]!["main"] as { rule: Block[] };
        rule[0] = armorRule(1000, "allow", OPENS.replace("203.0.113", "198.51.100"));
      }),
    );
    expect(failedIn(result)).toEqual(["staging (preview)"]);
    const [failed] = result.cells.filter(({ state }) => state === "fail");
    expect(failed!.by[0]).toMatchObject({ address: "google_compute_security_policy.main", fact: "P6" });
  });

  it("is answered by the stand-ins that are labelled for it, and production by the services themselves", async () => {
    const result = await run(
      twoEdges(({ edge, backends }) => {
        const { google_cloud_run_v2_service: services, google_compute_region_network_endpoint_group: negs } =
          edge.resource;
        for (const name of ["api", "web"]) {
          const labels = { "headgate-service": name, "headgate-edge": "preview" };
          services![`stand_in_${name}`] = { ...services![name], name: `stand-in-${name}`, labels };
          const service = `\${google_cloud_run_v2_service.stand_in_${name}.name}`;
          negs![`preview_${name}`] = { ...negs![name], cloud_run: { service } };
          const group = `\${google_compute_region_network_endpoint_group.preview_${name}.id}`;
          backends[`preview_${name}`]!["backend"] = [{ group }];
        }
      }),
    );
    expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({ verdict: "pass", reasons: [] });
  });
});

describe("what a run did not look at", () => {
  it("names each older revision that answered, once", async () => {
    const result = await run(
      twoEdges(({ edge }) => {
        const type = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
        edge.service["traffic"] = { type, revision: "api-old", percent: 100 };
      }),
    );
    expect(result.verdict).toBe("pass");
    expect(result.notLookedAt).toEqual([
      "revision api-old of service api was deployed earlier; its container is not in this configuration",
    ]);
  });
});
