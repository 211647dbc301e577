import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cloudEdge } from "../support/cloud-edge/cloud-edge.ts";
import type { CloudEdge, CloudEdgeOptions } from "../support/cloud-edge/cloud-edge.ts";
import { closeAfterEach } from "../support/emulated-edge.ts";
import { holdSockets } from "../support/held-sockets.ts";
import { temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";
import { casesOf, sample, startSampler } from "../support/sampler.ts";
import type { Sample, Sampled } from "../support/sampler.ts";
import { writeCloud } from "../support/stand-in-google/cloud.ts";
import { goodEdge } from "./good-edge.ts";
import { Deployment } from "./in-process.ts";

const KEY = "key-of-the-witnesses";
const SOCKET = "https://api.example.com/ws";

const CONTRACT = `version: 1
name: edge
environments: { live: { project: example, region: us-central1, domain: example.com } }
headers:
  authorization: { name: Authorization, send: "Bearer \${token}", arrives: unchanged }
  protocol: { name: Sec-WebSocket-Protocol, send: "jwt-auth, jwt.\${token:base64url}", arrives: unchanged, answer: jwt-auth }
services: { edge-app: { image: "us-docker.pkg.dev/example/app@sha256:${"1".repeat(64)}" } }
routes:
  - { host: "api.\${domain}", paths: [/ws], service: edge-app, protocol: websocket, headers: [authorization, protocol] }
`;

/** The stand-in's good edge with one generation of its app, stamped; `old` keeps one of before by a tag. */
function edgeAt(generation: string, old?: string): Json {
  const config = goodEdge();
  const { resource } = config;
  const run = resource.google_cloud_run_v2_service.app;
  run.invoker_iam_disabled = true;
  run.template.revision = `edge-app-${generation}`;
  const entry = (name: string, percent: number): Json => ({
    type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION",
    revision: `edge-app-${name}`,
    tag: `g-${name}`,
    percent,
  });
  run.traffic = [entry(generation, 100), ...(old === undefined ? [] : [entry(old, 0)])];
  const negs = resource.google_compute_region_network_endpoint_group;
  const backends = resource.google_compute_backend_service;
  for (const name of [generation, ...(old === undefined ? [] : [old])]) {
    const cloudRun = { ...negs.app.cloud_run, tag: `g-${name}` };
    negs[name] = { ...negs.app, name: `edge-app-${name}`, cloud_run: cloudRun };
    const group = `\${google_compute_region_network_endpoint_group.${name}.id}`;
    backends[name] = { ...backends.app, name: `edge-app-${name}`, backend: [{ group }], custom_request_headers: [] };
  }
  resource.google_compute_url_map.routes = {
    name: "edge-routes",
    default_service: `\${google_compute_backend_service.${generation}.id}`,
    header_action: {
      response_headers_to_add: [{ header_name: "X-Headgate-Stamp", header_value: generation, replace: true }],
    },
  };
  return config;
}

const closing = closeAfterEach();
let folder: ReturnType<typeof temporaryFolder>;
let deployment: Deployment;
beforeEach(() => {
  folder = temporaryFolder();
  deployment = new Deployment();
});
afterEach(() => folder.remove());

const cloudFile = (): string => join(folder.path, "cloud.json");

function apply(config: Json): void {
  deployment.apply(config);
  writeCloud(cloudFile(), deployment.cloud);
}

async function started(options: Partial<CloudEdgeOptions> = {}): Promise<CloudEdge> {
  const edge = closing(await cloudEdge({ cloudFile: cloudFile(), witnesses: { key: KEY }, ...options }));
  await edge.settled();
  return edge;
}

const sampled = ({ ports, ca }: CloudEdge): Sampled => ({
  port: ports.public,
  ca,
  key: KEY,
  contract: CONTRACT,
  environment: "live",
});

function met(edge: CloudEdge, protocol: Sample["protocol"] = "http"): Promise<Sample> {
  const at = sampled(edge);
  return sample(
    casesOf(at).find((each) => each.protocol === protocol)!,
    at,
  );
}

describe("the edge of the stand-in's cloud", () => {
  it("is what the cloud holds, down to the revision that a tag leads to", async () => {
    apply(edgeAt("one"));
    const edge = await started();
    for (const protocol of ["http", "websocket"] as const)
      expect(await met(edge, protocol)).toMatchObject({ revision: "edge-app-one", broken: [] });
    apply(edgeAt("two", "one"));
    await edge.settled();
    expect(await met(edge)).toMatchObject({ stamp: "two", revision: "edge-app-two", broken: [] });
  });

  it("answers nobody before there is one, and is found on the same port afterwards", async () => {
    const edge = await started();
    expect((await met(edge)).broken[0]).toContain("unreachable");
    apply(edgeAt("one"));
    await edge.settled();
    expect(await met(edge)).toMatchObject({ status: 200, stamp: "one" });
  });

  it("has no certificate before it is issued: an alert, as the real one gives", async () => {
    apply(edgeAt("one"));
    const readyAt = Date.now() + 1500;
    const edge = await started({ readyAt: { public: readyAt } });
    expect((await met(edge)).broken[0]).toMatch(/unreachable \(tls\).*handshake failure/i);
    await delay(readyAt - Date.now());
    expect(await met(edge)).toMatchObject({ status: 200, broken: [] });
  });

  it("mixes old and new for a while after a change, connection by connection, as the seed has it", async () => {
    apply(edgeAt("one"));
    const edge = await started({ mixMs: 1500, seed: 7 });
    const open = closing(await holdSockets(2, { ...sampled(edge), url: SOCKET, beatMs: 50 }));
    apply(edgeAt("two", "one"));
    const sampler = startSampler(sampled(edge), { everyMs: 20 });
    await edge.settled();
    const settled = Date.now();
    await delay(300);
    const samples = await sampler.stop();
    const stamps = (from: number): Set<string | undefined> =>
      new Set(samples.filter(({ at }) => at >= from).map(({ stamp }) => stamp));
    const first = samples.find(({ stamp }) => stamp === "two")!;
    expect(stamps(first.at)).toEqual(new Set(["one", "two"]));
    expect(stamps(settled)).toEqual(new Set(["two"]));
    expect(samples.flatMap(({ broken }) => broken)).toEqual([]);
    expect(open.sockets.map(({ revision, end }) => [revision, end()])).toEqual(
      open.sockets.map(() => ["edge-app-one", undefined]),
    );
    expect(open.sockets[0]!.echoes()).toBeGreaterThan(10);
  });

  it("spreads at once what is Cloud Run's own", async () => {
    apply(edgeAt("one"));
    const edge = await started({ mixMs: 60_000 });
    const config = edgeAt("one");
    config.resource.google_cloud_run_v2_service.app.template.revision = "edge-app-new";
    config.resource.google_cloud_run_v2_service.app.traffic[0].revision = "edge-app-new";
    apply(config);
    await edge.settled();
    expect(await met(edge)).toMatchObject({ revision: "edge-app-new", broken: [] });
  });

  it("fails where an old map still leads to what is gone, and cuts the sockets that were open on it", async () => {
    apply(edgeAt("one"));
    const edge = await started({ mixMs: 1500 });
    const open = closing(await holdSockets(1, { ...sampled(edge), url: SOCKET, beatMs: 50 }));
    const sampler = startSampler(sampled(edge), { everyMs: 20 });
    apply(edgeAt("two"));
    await edge.settled();
    await sampler.stop();
    const refused = sampler.samples.filter(({ broken }) => broken.length > 0);
    expect(refused.map(({ status }) => status)).toContain(503);
    expect(open.sockets[0]!.end()).toContain("closed with 1006");
    expect(await met(edge)).toMatchObject({ stamp: "two", broken: [] });
  });

  it("can hold something else than its interface says", async () => {
    apply(edgeAt("one"));
    const edge = await started();
    await edge.plant(({ resources }) => {
      const map = Object.values(resources).find(({ id }) => id.endsWith("/urlMaps/edge-routes"))!;
      (map.body as Json).header_action[0].request_headers_to_remove = ["Authorization"];
    });
    expect((await met(edge)).broken).toEqual([expect.stringContaining("header-unchanged Authorization fail")]);
    await edge.plant(undefined);
    expect((await met(edge)).broken).toEqual([]);
  });

  it("says why it cannot serve what the cloud holds", async () => {
    apply(edgeAt("one"));
    const edge = await started();
    await expect(
      edge.plant(() => {
        throw new Error("this cannot be read");
      }),
    ).resolves.toBeUndefined();
    await expect(edge.settled()).rejects.toThrow("this cannot be read");
  });
});
