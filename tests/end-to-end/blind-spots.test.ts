import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentServer } from "../support/broken-servers.ts";
import { headgate } from "../support/cli.ts";
import { backendOf, plantedSynth, routingMap, temporaryFolder } from "../support/reference.ts";
import type { Json } from "../support/reference.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => folder.remove());

const LOSES_AUTHORIZATION = { request_headers_to_remove: ["Authorization"] };

/** A second way in, by which Authorization is lost, or a part that may lose it and that the model cannot read. */
const unreadable: [string, (terraform: Json) => void, string][] = [
  [
    "a second HTTPS listener with a URL map of its own",
    ({ resource }) => {
      const {
        google_compute_global_forwarding_rule: rules,
        google_compute_target_https_proxy: proxies,
        google_compute_url_map: maps,
      } = resource;
      maps.second = { ...routingMap({ resource }), name: "second", header_action: LOSES_AUTHORIZATION };
      proxies.second = { ...Object.values(proxies)[0]!, url_map: "${google_compute_url_map.second.id}" };
      rules.second = {
        load_balancing_scheme: "EXTERNAL_MANAGED",
        port_range: "443",
        target: "${google_compute_target_https_proxy.second.id}",
      };
    },
    "another URL map",
  ],
  [
    "a route rule without predicates",
    (terraform) =>
      routingMap(terraform).path_matcher[0].route_rules.unshift({
        ...routingMap(terraform).path_matcher[0].route_rules[0],
        priority: 1,
        match_rules: [],
        header_action: LOSES_AUTHORIZATION,
      }),
    "match_rules",
  ],
  [
    "two header_action blocks",
    (terraform) => (routingMap(terraform).header_action = [routingMap(terraform).header_action, LOSES_AUTHORIZATION]),
    "second header_action",
  ],
  [
    "a backend protocol whose upgrades are an open question",
    (terraform) => (backendOf(terraform, "backend").protocol = "HTTP2"),
    "backend-protocol",
  ],
  [
    "a module",
    (terraform) => (terraform.module = { edge: { source: "example/edge/google" } }),
    "remote modules are not read",
  ],
  [
    "an extension in front of the routes",
    ({ resource }) => (resource.google_network_services_lb_edge_extension = { x: { name: "x" } }),
    "lb_edge_extension",
  ],
  [
    "an extension in a list of resources",
    (terraform) =>
      (terraform.resource = [
        terraform.resource,
        { google_network_services_lb_traffic_extension: [{ x: { name: "x" } }] },
      ]),
    "lb_traffic_extension",
  ],
  [
    "changes that Terraform is told to ignore",
    (terraform) => (routingMap(terraform).lifecycle = { ignore_changes: ["header_action"] }),
    "lifecycle",
  ],
  [
    "a removal of a name that is no token",
    (terraform) => routingMap(terraform).header_action.request_headers_to_remove.push("Authorization "),
    "no token",
  ],
];

describe("what the model cannot read blocks, and never passes", () => {
  it.each(unreadable)("%s", async (_, plant, says) => {
    const { code, stdout } = await headgate(["gate", "--synth", plantedSynth(folder.path, plant)]);
    expect(code, stdout).toBe(3);
    expect(stdout.replace(/\s+/g, " ")).toContain(says);
  });
});

describe("a run that cannot end by itself", () => {
  it("ends within the deadline when a TLS target accepts and says nothing", async () => {
    const server = await silentServer();
    try {
      const { code, elapsedMs } = await headgate(
        ["probe", "--live", `https://127.0.0.1:${server.port}`, "--timeout", "1", "--deadline", "3"],
        { env: { HEADGATE_KEY: "a-key-of-some-length" } },
      );
      expect(code).toBe(3);
      expect(elapsedMs).toBeLessThan(8000);
    } finally {
      await server.close();
    }
  });

  it.each([
    ["synth that hangs", "setInterval(() => undefined, 1000);\n", 3, "the run's deadline passed during synth"],
    [
      "synth that writes nothing, beside an older output",
      'console.error("swallowed");\n',
      2,
      "manifest.json  no such file",
    ],
    [
      "synth that prints its environment",
      "throw new Error(JSON.stringify(process.env));\n",
      2,
      "synth of main.ts failed",
    ],
  ] as const)("%s", async (_, main, expected, says) => {
    const token = "a-real-credential-0123456789";
    const output = plantedSynth(folder.path, (terraform) => (terraform.terraform.note = 1));
    const project = join(folder.path, "project");
    mkdirSync(project);
    symlinkSync(join(process.cwd(), "node_modules"), join(project, "node_modules"));
    writeFileSync(join(project, "package.json"), '{ "type": "module" }');
    writeFileSync(join(project, "main.ts"), main);
    writeFileSync(join(project, "headgate.yaml"), readFileSync("headgate.yaml"));
    const { code, stderr } = await headgate(["gate", "--deadline", "4"], {
      cwd: project,
      env: { CDKTF_OUTDIR: output, HEADGATE_TOKEN: token },
    });
    expect({ code, says: stderr.includes(says) }, stderr).toEqual({ code: expected, says: true });
    expect(stderr).not.toContain(token);
  });
});

it("passes a correct edge whose routes overlap: the most specific path owns a request", async () => {
  const contract = join(folder.path, "headgate.yaml");
  const yaml = readFileSync("headgate.yaml", "utf8");
  writeFileSync(
    contract,
    yaml.replace(
      "  - host: app.${domain}\n",
      "  - host: app.${domain}\n    paths: [/]\n    service: auth\n  - host: app.${domain}\n",
    ),
  );
  const { code, stdout } = await headgate(["gate", "--contract", contract], {
    env: { CDKTF_OUTDIR: join(folder.path, "out") },
  });
  expect(code, stdout).toBe(0);
  expect(stdout).toContain("6 routes");
});
