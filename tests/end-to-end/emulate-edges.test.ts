import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerOk, closeAfterEach } from "../support/emulated-edge.ts";
import { startEmulate } from "../support/emulate-process.ts";
import { eventually, rawClient, startRawServer } from "../support/raw-sockets.ts";
import { edgeOf, plantedSynth, referenceSynth, referenceTerraform, temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";

const opened = closeAfterEach();
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe("headgate emulate --edge preview", () => {
  it.each(["TLS", "clear text"])("says over %s what opens it, and that opens it", async (how) => {
    const app = opened(await startRawServer(answerOk));
    const edge = opened(
      await startEmulate([
        ...[referenceSynth(), "--env", "production", "--edge", "preview", "--client-address", "203.0.113.7"],
        ...["--backend", `google_cloud_run_v2_service.${previewWitness("backend")}=http://127.0.0.1:${app.port}`],
        ...(how === "TLS" ? [] : ["--no-tls"]),
      ]),
    );
    const [, line] = /404 but for requests with '([^']+)' from 203\.0\.113\.7\n/.exec(edge.stdout())!;
    expect(edge.stdout()).toMatch(new RegExp(`curl .*-H '${line}'.*:${edge.ports.https}`));
    if (how === "TLS") return;
    for (const [lines, status] of [
      [[line!], 200],
      [[], 404],
    ] as const) {
      const client = await rawClient(edge.ports.https!);
      client.send(["GET /api/x HTTP/1.1", "Host: api.example.com", "Connection: close", ...lines, "\r\n"].join("\r\n"));
      expect((await client.responseHead()).status).toBe(status);
    }
  });

  it("says which option names the address, where none is given", async () => {
    const edge = opened(await startEmulate([referenceSynth(), "--env", "production", "--edge", "preview", "--no-tls"]));
    expect(edge.stdout()).toContain("from an address that the contract allows, which --client-address gives");
  });
});

/** Terraform name of the witness that stands in for a service on the preview edge. */
function previewWitness(service: string): string {
  const run = referenceTerraform("production").resource.google_cloud_run_v2_service as Record<string, Json>;
  const isIts = ([id, { labels }]: [string, Json]): boolean =>
    edgeOf(id) === "preview" && labels["headgate-service"] === service;
  return Object.entries(run).find(isIts)![0];
}

describe("headgate emulate --watch", () => {
  it("says of a listener that appears later that it has no port", async () => {
    const source = plantedSynth(folder.path, ({ resource }) => {
      for (const [id, rule] of Object.entries<Json>(resource.google_compute_global_forwarding_rule))
        if (rule.port_range === "80") delete resource.google_compute_global_forwarding_rule[id];
    });
    const edge = opened(await startEmulate([source, "--env", "staging", "--no-tls", "--watch"]));
    expect(edge.ports.http).toBeUndefined();
    const file = join("stacks", "staging", "cdk.tf.json");
    writeFileSync(join(source, file), readFileSync(join(referenceSynth(), file)));
    await eventually(() => edge.stderr().includes("was read again"));
    await eventually(() => edge.stderr().includes("an HTTP listener now, which has no port here"));
    expect(edge.stderr()).not.toContain("HTTPS listener now");
  });
});
